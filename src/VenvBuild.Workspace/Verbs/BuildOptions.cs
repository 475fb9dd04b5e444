namespace VenvBuild.Workspace;

/// <summary>How <c>build</c> is to work.</summary>
public sealed record BuildOptions
{
    /// <summary>The lock and the groups; interpreter and path are not used.</summary>
    public SyncOptions Sync { get; init; } = new();

    /// <summary>A declared platform, by its runtime identifier, or null.</summary>
    public string? Platform { get; init; }

    /// <summary>A declared Python, as <c>3.11</c>, or in full, as <c>3.11.9</c>, which markers then see; or null.</summary>
    public string? Python { get; init; }

    /// <summary>Whether every declared platform is built with every Python.</summary>
    public bool Matrix { get; init; }

    /// <summary>What is written: a bundle where the name ends in <c>.bundle</c> or <c>.tar</c>, else an environment's folder; with a matrix, a folder of bundles. Null: nothing.</summary>
    public string? Output { get; init; }

    /// <summary>Where Python is on the machine that a folder is for, or null for the usual place.</summary>
    public string? PythonHome { get; init; }

    /// <summary>Whether Python itself goes along, for machines that have none: what is written is a bundle or a folder that needs no other.</summary>
    public bool WithPython { get; init; }

    /// <summary>Where a report for CI is written (JUnit's XML), or null.</summary>
    public string? JUnit { get; init; }
}
