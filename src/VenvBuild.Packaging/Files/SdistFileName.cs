namespace VenvBuild.Packaging;

/// <summary>The name of a source distribution taken apart: <c>name-version.tar.gz</c> or <c>.zip</c> (PEP 625).</summary>
public sealed class SdistFileName
{
    /// <summary>The distribution.</summary>
    public required PackageName Name { get; init; }

    /// <summary>The version.</summary>
    public required PackageVersion Version { get; init; }
}
