namespace VenvBuild.Workspace;

/// <summary>What <c>tree</c> is to show.</summary>
public sealed record TreeOptions
{
    /// <summary>Whether it goes from what is needed to who needs it.</summary>
    public bool Invert { get; init; }

    /// <summary>The platform that is meant, as a runtime identifier; null for all.</summary>
    public string? Platform { get; init; }

    /// <summary>How many levels below the roots are shown; null for all.</summary>
    public int? Depth { get; init; }
}
