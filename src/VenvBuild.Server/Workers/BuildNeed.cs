using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// What a build needs of a worker, as the queue's group: nothing where all of its wheels are pure, else its platform and Python
/// (<c>linux-x64/3.12</c>), and where its code is run, a worker that has both (<c>run:linux-x64/3.12</c>).
/// </summary>
internal static class BuildNeed
{
    private const string Run = "run:";

    /// <summary>All needs that there can be.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. from rid in Platform.RuntimeIdentifiers
           from python in CPythonMinors.Supported.SelectMany(minor => minor.Minor < CPythonMinors.OldestFreeThreaded.Minor ? [minor.ToString()] : new[] { minor.ToString(), $"{minor}t" })
           from prefix in new[] { "", Run }
           select $"{prefix}{rid}/{python}",
    ];

    /// <summary>The need of a build; null where any worker will do.</summary>
    public static string? Of(BuildQuestion question)
    {
        var target = question.Plan.Target;
        var place = $"{target.Platform.RuntimeIdentifier}/{target.Python}{(target.IsFreeThreaded ? "t" : "")}";
        if (question.Checks.Count > 0)
            return Run + place;
        // One that the list does not know is anybody's, lest nobody be asked.
        return question.Plan.Wheels.Any(wheel => !wheel.File.IsPure()) && All.Contains(place) ? place : null;
    }

    public static (bool Runs, string Platform, string Python) Read(string need)
    {
        var runs = need.StartsWith(Run, StringComparison.Ordinal);
        var place = runs ? need[Run.Length..] : need;
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        return (runs, place[..slash], place[(slash + 1)..]);
    }

    /// <summary>A need in words.</summary>
    public static string Describe(string need)
    {
        var (runs, platform, python) = Read(need);
        return runs ? $"a worker on {platform} that runs checks with Python {python}" : $"a worker that takes {platform} and Python {python}";
    }

    private static bool IsPure(this WheelFileName wheel) => wheel.Text.EndsWith("-any.whl", StringComparison.Ordinal);
}
