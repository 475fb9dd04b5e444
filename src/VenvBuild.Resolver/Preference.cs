using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A pin that is taken before any other release where it fits.</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Version">The version.</param>
/// <param name="Where">The environments for which the previous lock held the pin.</param>
public sealed record Preference(PackageName Name, PackageVersion Version, MarkerSet Where);
