namespace VenvBuild.Benchmarks;

/// <summary>
/// A published environment behind a link of 100 Mbit/s and 30 ms, on a machine whose caches are empty, against installing the same
/// distributions from an index behind such a link. The peer's virtual environment is there already; ours is made. The lock is there.
/// </summary>
internal static class PullComparisons
{
    private const string Environment = ".venv", Published = "published";

    public static IEnumerable<Comparison> All(Bench bench) => [Pull(bench, "jupyter"), Pull(bench, "flask")];

    private static Comparison Pull(Bench bench, string workload)
    {
        var folders = SyncComparisons.Folders(bench, "pull", workload);
        var published = bench.Folder("pull", workload, Published);
        var (index, tree) = (bench.ByLink(bench.Near), bench.ByLink(bench.ServeFolder(published)));
        return new(
            $"pull {workload} (100 Mbit/s, 30 ms), uv cold",
            bench.Ours(folders.Ours, "pull", "--quiet", "--from", tree.AbsoluteUri, "--python", bench.Python) with
            {
                Prepare = WorkFolders.Remove(folders.Ours, Environment, "cache"),
            },
            SyncComparisons.UvSync(bench, folders, index: index) with { Prepare = SyncComparisons.FreshVenv(bench, folders, [Environment, "cache"]) })
        {
            First =
            [
                // uv goes where the lock says that files are.
                bench.Ours(folders.Ours, "lock", "--quiet", "--index-url", index.AbsoluteUri),
                bench.Ours(folders.Ours, "push", "--quiet", "--to", published, "--python", bench.Python, "--index-url", bench.Near.AbsoluteUri),
            ],
        };
    }
}
