using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A pin of a resolution.</summary>
/// <param name="Release">The release.</param>
/// <param name="Index">The index that served the name, where one did.</param>
/// <param name="Marker">Where the pin is needed, told among the environments that the resolution serves; all of them for always.</param>
/// <param name="Environments">The resolution's environments that need it, by their place in its list.</param>
/// <param name="RequiresPython">The Pythons the release says it runs on.</param>
/// <param name="Dependencies">The pins that it needs in some environment, in order of name and version.</param>
public sealed record ResolvedPackage(
    Release Release,
    Uri? Index,
    MarkerSet Marker,
    IReadOnlyList<int> Environments,
    VersionSpecifiers? RequiresPython,
    IReadOnlyList<(PackageName Name, PackageVersion Version)> Dependencies)
{
    /// <summary>The distribution.</summary>
    public PackageName Name => Release.Name;

    /// <summary>The pinned version.</summary>
    public PackageVersion Version => Release.Version;
}
