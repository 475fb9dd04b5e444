using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// An environment that a lock must serve, as far as markers can tell environments apart: one platform's operating system and machine with
/// one CPython minor. Platforms that no marker distinguishes (glibc and musl, ABIs of one minor) share one, and its pins must serve each.
/// </summary>
/// <param name="Label">What a person calls it, such as <c>linux-x64, Python 3.11</c>.</param>
/// <param name="Region">All environments that are meant.</param>
/// <param name="Representative">One of them, which decides each marker that looks at the platform and the Python minor only.</param>
/// <param name="Python">The Python versions that are meant.</param>
/// <param name="Targets">The interpreters that each pin must have a wheel for.</param>
public sealed record ResolutionEnvironment(
    string Label,
    MarkerSet Region,
    MarkerEnvironment Representative,
    VersionSet Python,
    IReadOnlyList<Target> Targets)
{
    /// <summary>Whether it must be served; the newer minors of an open range are served as far as it goes.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>The same environment with a finer platform in the place of another: none that a marker tells apart.</summary>
    internal ResolutionEnvironment WithPlatform(Platform old, Platform other) =>
        this with { Targets = [.. Targets.Select(target => target.Platform.Equals(old) ? target.WithPlatform(other) : target)] };

    /// <summary>The same platforms with all of another minor; null where the kind of interpreter that is meant has no such minor.</summary>
    internal ResolutionEnvironment? WithPython(PythonMinor minor)
    {
        var targets = Targets.Select(target => target.WithPython(minor)).OfType<Target>().ToList();
        if (targets.Count < Targets.Count)
            return null;
        var representative = targets[0].ToMarkerEnvironment(minor.FirstRelease);
        return new(
            $"{string.Join(" and ", targets.Select(target => target.Platform))}, Python {minor}",
            MarkerSet.ForPython(minor.Versions)
                .And(MarkerSet.ForField(MarkerFields.SysPlatform, representative.SysPlatform))
                .And(MarkerSet.ForField(MarkerFields.PlatformMachine, representative.PlatformMachine))
                .And(MarkerSet.ForField(MarkerFields.ImplementationName, representative.ImplementationName)),
            representative,
            minor.Versions,
            targets);
    }
}
