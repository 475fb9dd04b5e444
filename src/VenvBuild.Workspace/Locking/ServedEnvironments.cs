using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// The environments that a lock must serve, as markers tell them apart: platforms that no marker distinguishes (glibc and musl of one
/// machine, builds with and without the global lock) share one.
/// </summary>
internal static class ServedEnvironments
{
    public static IReadOnlyList<ResolutionEnvironment> Of(Manifest manifest)
    {
        var environments = new List<ResolutionEnvironment>();
        foreach (var served in manifest.Targets)
        {
            var python = served.Versions;
            var representative = served.Target.ToMarkerEnvironment(python.LowerBound ?? served.Target.Python.FirstRelease);
            var region = MarkerSet.ForPython(python)
                .And(MarkerSet.ForField(MarkerFields.SysPlatform, representative.SysPlatform))
                .And(MarkerSet.ForField(MarkerFields.PlatformMachine, representative.PlatformMachine))
                .And(MarkerSet.ForField(MarkerFields.ImplementationName, representative.ImplementationName));
            var known = environments.FindIndex(environment => environment.Region.Equals(region));
            if (known < 0)
            {
                var label = $"{Name(served.Target)}, Python {served.Target.Python}";
                environments.Add(new(label, region, representative, python, [served.Target]) { IsRequired = served.IsRequired });
            }
            else
            {
                environments[known] = environments[known] with
                {
                    Label = $"{environments[known].Label} and {Name(served.Target)}",
                    // What must be served takes along what shares its pins.
                    IsRequired = environments[known].IsRequired || served.IsRequired,
                    Targets = [.. environments[known].Targets, served.Target],
                };
            }
        }

        return environments;
    }

    private static string Name(Target target) => target.IsPyPy ? $"{target.Platform} PyPy" : target.IsFreeThreaded ? $"{target.Platform} free-threaded" : target.Platform.ToString();
}
