using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A record of a known vulnerability, as far as it is about one distribution (OSV).</summary>
/// <param name="Id">The record's name, such as <c>PYSEC-2024-1</c>.</param>
/// <param name="Package">The distribution.</param>
internal sealed record Advisory(string Id, PackageName Package)
{
    /// <summary>What other registries call the same, in order.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What it is about, in a line; null where the record does not say.</summary>
    public string? Summary { get; init; }

    /// <summary>How bad it is, as a CVSS vector; null where the record does not say.</summary>
    public string? Severity { get; init; }

    /// <summary>Versions that are affected one by one, as far as they are any (PEP 440).</summary>
    public IReadOnlySet<PackageVersion> Versions { get; init; } = new HashSet<PackageVersion>();

    /// <summary>Ranges of affected versions.</summary>
    public IReadOnlyList<AdvisoryRange> Ranges { get; init; } = [];

    /// <summary>What of the record cannot be read, so that it may affect more than it seems; null where nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>All names of the record.</summary>
    public IEnumerable<string> Names => Aliases.Prepend(Id);

    /// <summary>Whether a version is affected. A local version is a build of its public one, and is affected as that is.</summary>
    public bool Affects(PackageVersion version)
    {
        var released = Released(version);
        return Versions.Contains(version) || Versions.Contains(released) || Ranges.Any(range => range.Contains(released));
    }

    /// <summary>The first version after this one that is fixed; null where none is.</summary>
    public PackageVersion? FixedAfter(PackageVersion version)
    {
        var released = Released(version);
        return Ranges.Select(range => range.FixedAfter(released)).OfType<PackageVersion>().Where(known => !Affects(known)).Min();
    }

    private static PackageVersion Released(PackageVersion version) =>
        version.Local is null ? version : PackageVersion.Parse(version.ToString().Split('+')[0]);
}
