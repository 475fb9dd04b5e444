using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A minor of CPython that a lock serves.</summary>
/// <param name="Minor">The minor.</param>
/// <param name="IsRequired">Whether the lock must serve it; else it is served as far as that goes.</param>
/// <param name="Versions">Which of its versions are asked for: the manifest's range within the minor.</param>
public sealed record ServedPython(PythonMinor Minor, bool IsRequired, VersionSet Versions)
{
    /// <summary>More patch releases than any minor has had.</summary>
    private const int MaxPatch = 60;

    /// <summary>
    /// The minors of a range. Of a bounded range every one is required; of an open one (no upper bound, or one at 4) the lowest is, and the
    /// newer ones are served as far as that goes.
    /// </summary>
    public static IReadOnlyList<ServedPython> Of(VersionSpecifiers python)
    {
        var range = python.Set;
        var isOpen = range.UpperBound is null || range.UpperBound >= PackageVersion.Parse("4.dev0");
        var served = new List<ServedPython>();
        foreach (var minor in CPythonMinors.Supported)
        {
            var versions = range.Intersect(minor.Versions);
            if (HasFinal(minor, versions))
                served.Add(new(minor, !isOpen || served.Count == 0, versions));
        }

        return served;
    }

    /// <summary>The minor, such as <c>3.11</c>.</summary>
    public override string ToString() => Minor.ToString();

    private static bool HasFinal(PythonMinor minor, VersionSet versions)
    {
        for (var patch = 0; !versions.IsEmpty && patch <= MaxPatch; patch++)
        {
            if (versions.Contains(PackageVersion.FromRelease(minor.Major, minor.Minor, patch)))
                return true;
        }

        return false;
    }
}
