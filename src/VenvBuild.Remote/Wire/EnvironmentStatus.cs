namespace VenvBuild.Remote;

/// <summary>An environment at a server: how far it is, and, once it is ready, all that is needed to take it.</summary>
public sealed record EnvironmentStatus
{
    /// <summary>The state of one that waits for a worker.</summary>
    public const string Queued = "queued";

    /// <summary>The state of one that is being made.</summary>
    public const string Building = "building";

    /// <summary>The state of one that can be taken; it stays so for ever.</summary>
    public const string Ready = "ready";

    /// <summary>The state of one that could not be made.</summary>
    public const string Failed = "failed";

    /// <summary>The state of one that somebody stopped.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The environment's key, 64 hexadecimal digits.</summary>
    public required string Key { get; init; }

    /// <summary>One of the states above.</summary>
    public required string State { get; init; }

    /// <summary>What it is for.</summary>
    public required EnvironmentTarget Target { get; init; }

    /// <summary>Its layers, once it is ready.</summary>
    public IReadOnlyList<EnvironmentStatusLayer> Layers { get; init; } = [];

    /// <summary>What checks found.</summary>
    public IReadOnlyList<EnvironmentStatusCheck> Checks { get; init; } = [];

    /// <summary>Where more is: <c>self</c>, <c>events</c>, <c>cancel</c>, <c>bundle</c>, <c>lock</c>.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>Why it failed, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>Once it is ready: the canonical text of its description, from which everything else here follows.</summary>
    public string? Manifest { get; init; }

    /// <summary>The signatures of the description, or null.</summary>
    public string? Signatures { get; init; }
}
