using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>What a worker takes: the platforms and Pythons that it is set up for, all by default, and those that it has to run code with.</summary>
internal sealed record WorkerAbilities
{
    /// <summary>Runtime identifiers; null for all.</summary>
    public IReadOnlyList<string>? Platforms { get; init; }

    /// <summary>Minors, with <c>t</c> where free-threaded; null for all.</summary>
    public IReadOnlyList<string>? Pythons { get; init; }

    /// <summary>The runtime identifier of the machine; null where it has none.</summary>
    public string? Machine { get; init; }

    /// <summary>The Pythons that checks are run with here.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    /// <summary>The Pythons that wheels are built with from sdists here.</summary>
    public IReadOnlyList<string> Builds { get; init; } = [];

    /// <summary>How many builds it makes at once.</summary>
    public int Concurrent { get; init; }

    /// <summary>Looks at the settings and, where checks are run, at the machine.</summary>
    public static async Task<WorkerAbilities> FindAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        var runsChecks = settings.RunsChecks && await CheckSandbox.WorksAsync(cancellationToken);
        IReadOnlyList<string> pythons = [];
        if (runsChecks || settings.BuildsSdists)
        {
            Directory.CreateDirectory(settings.CacheFolder);
            pythons = [.. (await new InterpreterFinder(settings.CacheFolder).ListAsync(null, cancellationToken))
                .Where(python => python.Markers.ImplementationName == "cpython")
                .Select(python => FormattableString.Invariant($"{python.Major}.{python.Minor}{(python.IsFreeThreaded ? "t" : "")}")).Distinct()];
        }

        return new()
        {
            Platforms = settings.BuildPlatforms,
            Pythons = settings.BuildPythons,
            Machine = Platform.OfThisProcess()?.RuntimeIdentifier,
            Runs = runsChecks ? pythons : [],
            Builds = settings.BuildsSdists ? pythons : [],
            Concurrent = settings.ConcurrentBuilds,
        };
    }

    public bool Takes(string? need)
    {
        if (need is null)
            return true;
        var (runs, builds, platform, python) = BuildNeed.Read(need);
        return (Platforms is null || Platforms.Contains(platform)) && (Pythons is null || Pythons.Contains(python))
            && (!runs || (Machine == platform && Runs.Contains(python))) && (!builds || (Machine == platform && Builds.Contains(python)));
    }

    public override string ToString()
    {
        var takes = $"{(Platforms is null ? "all platforms" : string.Join(", ", Platforms))}; {(Pythons is null ? "all Pythons" : $"Python {string.Join(", ", Pythons)}")}";
        if (Runs.Count == 0 && Builds.Count == 0)
            return $"{takes}; runs nothing";
        var checks = Runs.Count == 0 ? "" : $", runs checks with Python {string.Join(", ", Runs)}";
        return $"{takes}; on {Machine}{checks}{(Builds.Count == 0 ? "" : $", builds sdists with Python {string.Join(", ", Builds)}")}";
    }
}
