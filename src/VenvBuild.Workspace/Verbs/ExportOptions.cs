namespace VenvBuild.Workspace;

/// <summary>What <c>export</c> is to write.</summary>
public sealed record ExportOptions
{
    /// <summary>The form.</summary>
    public required ExportFormat Format { get; init; }

    /// <summary>The platform that is meant, as a runtime identifier; with no Python and no platform, all that the lock serves.</summary>
    public string? Platform { get; init; }

    /// <summary>The Python that is meant, such as <c>3.12</c>.</summary>
    public string? Python { get; init; }

    /// <summary>The groups besides the default ones.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Whether requirements are written without digests.</summary>
    public bool WithoutHashes { get; init; }

    /// <summary>The file to write, or null to hand the text back.</summary>
    public string? Output { get; init; }
}
