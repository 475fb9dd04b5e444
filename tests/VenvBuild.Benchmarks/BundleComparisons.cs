namespace VenvBuild.Benchmarks;

/// <summary>
/// A bundle, on a machine whose caches are empty, against installing the same distributions from an index that is some way off. The peers'
/// virtual environment is there already; ours is made.
/// </summary>
internal static class BundleComparisons
{
    private const string Workload = "jupyter", Environment = ".venv", Bundle = "environment.bundle";

    public static IEnumerable<Comparison> All(Bench bench)
    {
        var folders = SyncComparisons.Folders(bench, "unpack", Workload);
        var unpack = bench.Ours(folders.Ours, "unpack", Bundle, "--path", Environment, "--quiet", "--python", bench.Python) with
        {
            Prepare = WorkFolders.Remove(folders.Ours, Environment, "cache"),
        };
        Measured[] first =
        [
            bench.Ours(folders.Ours, "lock", "--quiet", "--index-url", bench.Far.AbsoluteUri),
            bench.Ours(folders.Ours, "pack", "--quiet", "--locked", "--output", Bundle, "--python", bench.Python, "--index-url", bench.Far.AbsoluteUri),
        ];
        return
        [
            new(
                $"unpack {Workload}, uv cold",
                unpack,
                SyncComparisons.UvSync(bench, folders, index: bench.Far) with { Prepare = SyncComparisons.FreshVenv(bench, folders, [Environment, "cache"]) })
            {
                First = first,
            },
            new(
                $"unpack {Workload}, pip install cold",
                unpack,
                SyncComparisons.PipInstall(bench, folders, bench.Far) with { Prepare = SyncComparisons.FreshVenv(bench, folders, [Environment, "cache"]) })
            {
                First = first,
                MostRounds = 2,
            },
        ];
    }
}
