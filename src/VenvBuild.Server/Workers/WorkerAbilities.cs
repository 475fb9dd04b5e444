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

    /// <summary>How many builds it makes at once.</summary>
    public int Concurrent { get; init; }

    /// <summary>Looks at the settings and, where checks are run, at the machine.</summary>
    public static async Task<WorkerAbilities> FindAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> runs = [];
        if (settings.RunsChecks && await CheckSandbox.WorksAsync(cancellationToken))
        {
            Directory.CreateDirectory(settings.CacheFolder);
            runs = [.. (await new InterpreterFinder(settings.CacheFolder).ListAsync(null, cancellationToken))
                .Where(python => python.Markers.ImplementationName == "cpython")
                .Select(python => FormattableString.Invariant($"{python.Major}.{python.Minor}{(python.IsFreeThreaded ? "t" : "")}")).Distinct()];
        }

        return new()
        {
            Platforms = settings.BuildPlatforms,
            Pythons = settings.BuildPythons,
            Machine = Platform.OfThisProcess()?.RuntimeIdentifier,
            Runs = runs,
            Concurrent = settings.ConcurrentBuilds,
        };
    }

    public bool Takes(string? need)
    {
        if (need is null)
            return true;
        var (runs, platform, python) = BuildNeed.Read(need);
        return (Platforms is null || Platforms.Contains(platform)) && (Pythons is null || Pythons.Contains(python)) && (!runs || (Machine == platform && Runs.Contains(python)));
    }

    public override string ToString()
    {
        var takes = $"{(Platforms is null ? "all platforms" : string.Join(", ", Platforms))}; {(Pythons is null ? "all Pythons" : $"Python {string.Join(", ", Pythons)}")}";
        return Runs.Count == 0 ? $"{takes}; runs nothing" : $"{takes}; on {Machine}, runs checks with Python {string.Join(", ", Runs)}";
    }
}
