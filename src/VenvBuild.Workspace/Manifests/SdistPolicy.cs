using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Whether packages may be built from their sources (<c>sdists</c>).</summary>
/// <param name="AllowsAll">Whether all may.</param>
/// <param name="Names">Those that may where not all do, in ordinal order.</param>
public sealed record SdistPolicy(bool AllowsAll, IReadOnlyList<PackageName> Names)
{
    /// <summary>None may: wheels only.</summary>
    public static SdistPolicy Deny { get; } = new(false, []);

    /// <summary>All may.</summary>
    public static SdistPolicy Allow { get; } = new(true, []);

    /// <summary>Whether a package may be built from its source.</summary>
    public bool Allows(PackageName name) => AllowsAll || Names.Contains(name);
}
