namespace VenvBuild.Remote;

/// <summary>What a server must be told of before it can solve.</summary>
public sealed record SourceNeed
{
    /// <summary>The name of an index in the manifest that the server does not ask, or null.</summary>
    public string? Index { get; init; }

    /// <summary>A folder of <c>find-links</c> as the manifest writes it, or null.</summary>
    public string? FindLinks { get; init; }

    /// <summary>The index's projects that are needed as far as is known yet; more may follow.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];
}
