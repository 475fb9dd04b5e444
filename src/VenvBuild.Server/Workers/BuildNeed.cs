using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// What a build needs of a worker, as the queue's group: nothing where all of its wheels are pure, else its platform and Python
/// (<c>linux-x64/3.12</c>), and where its code is run, a worker that has both: for checks (<c>run:linux-x64/3.12</c>), for sdists
/// (<c>build:linux-x64/3.12</c>), or for both (<c>build+run:linux-x64/3.12</c>).
/// </summary>
internal static class BuildNeed
{
    private const string Run = "run:";
    private const string Build = "build:";
    private const string BuildAndRun = "build+run:";

    private static readonly string[] Prefixes = [BuildAndRun, Build, Run];

    /// <summary>All needs that there can be.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. from rid in Platform.RuntimeIdentifiers
           from python in CPythonMinors.Supported.SelectMany(minor => minor.Minor < CPythonMinors.OldestFreeThreaded.Minor ? [minor.ToString()] : new[] { minor.ToString(), $"{minor}t" })
           from prefix in Prefixes.Append("")
           select $"{prefix}{rid}/{python}",
    ];

    /// <summary>The need of a build; null where any worker will do.</summary>
    public static string? Of(BuildQuestion question)
    {
        var place = PlaceOf(question.Plan.Target);
        if (question.Sources.Count > 0)
            return (question.Checks.Count > 0 ? BuildAndRun : Build) + place;
        if (question.Checks.Count > 0)
            return Run + place;
        // One that the list does not know is anybody's, lest nobody be asked.
        return question.Plan.Wheels.Any(wheel => !wheel.File.IsPure()) && All.Contains(place) ? place : null;
    }

    /// <summary>What checks alone need.</summary>
    public static string OfChecks(Target target) => Run + PlaceOf(target);

    public static (bool Runs, bool Builds, string Platform, string Python) Read(string need)
    {
        var prefix = Array.Find(Prefixes, prefix => need.StartsWith(prefix, StringComparison.Ordinal)) ?? "";
        var place = need[prefix.Length..];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        return (prefix is Run or BuildAndRun, prefix is Build or BuildAndRun, place[..slash], place[(slash + 1)..]);
    }

    /// <summary>A need in words.</summary>
    public static string Describe(string need)
    {
        var (runs, builds, platform, python) = Read(need);
        var what = (runs, builds) switch
        {
            (true, true) => "builds sdists and runs checks",
            (true, false) => "runs checks",
            (false, true) => "builds sdists",
            _ => null,
        };
        return what is null ? $"a worker that takes {platform} and Python {python}" : $"a worker on {platform} that {what} with Python {python}";
    }

    private static string PlaceOf(Target target) => $"{target.Platform.RuntimeIdentifier}/{target.Python}{(target.IsFreeThreaded ? "t" : "")}";

    private static bool IsPure(this WheelFileName wheel) => wheel.Text.EndsWith("-any.whl", StringComparison.Ordinal);
}
