namespace VenvBuild.Benchmarks;

/// <summary>
/// Locks for Linux, Windows and macOS and every Python from 3.11, against uv's universal mode; both take wheels only. uv writes a
/// requirements file, which has neither files nor digests in it; what it writes as pylock.toml takes it longer. It is told which Python to
/// use, as looking for one behind a version manager's shims would take it longer than the rest.
/// </summary>
internal static class LockComparisons
{
    private const string Lock = "pylock.toml", Output = "requirements.txt";

    private static readonly string[] Warm = ["seed", "trio", "jupyter", "airflow", "boto3", "flask", "fastapi", "black"];
    private static readonly string[] Cold = ["seed", "jupyter", "airflow"];
    private static readonly string[] Platforms = ["linux-x64", "win-x64", "osx-arm64"];

    public static IEnumerable<Comparison> All(Bench bench) =>
        [.. Warm.Select(workload => OfWarm(bench, workload)), .. Cold.Select(workload => OfCold(bench, workload)), Settled(bench), Verified(bench)];

    /// <summary>Everything that is asked for is in the tools' caches; no lock is there.</summary>
    private static Comparison OfWarm(Bench bench, string workload) =>
        Make(bench, "lock-warm", $"warm lock {workload}", workload, bench.Near, [Lock], [Output]);

    /// <summary>The caches are empty, and each answer of the index takes 30 ms.</summary>
    private static Comparison OfCold(Bench bench, string workload) =>
        Make(bench, "lock-cold", $"cold lock {workload}", workload, bench.Far, [Lock, "cache"], [Output, "cache"]);

    /// <summary>The lock is there and answers the manifest; uv, which keeps no digest of the requests, solves again from its pins.</summary>
    private static Comparison Settled(Bench bench) => Make(bench, "lock-settled", "settled lock jupyter", "jupyter", bench.Near, [], []);

    /// <summary>
    /// A lock proven from metadata that the cache has, with the requests unread by any solver; uv, which proves no lock, solves again from its
    /// pins, which is the nearest that it does.
    /// </summary>
    private static Comparison Verified(Bench bench)
    {
        var solved = Make(bench, "lock-verified", "verify lock airflow", "airflow", bench.Near, [], []);
        return solved with
        {
            First = [solved.Ours],
            Ours = bench.Ours(solved.Ours.Folder, "verify", "--quiet", "--index-url", bench.Near.AbsoluteUri),
        };
    }

    private static Comparison Make(
        Bench bench, string kind, string name, string workload, Uri index, IReadOnlyList<string> ours, IReadOnlyList<string> peers)
    {
        var folders = new WorkFolders(bench, kind, workload, ">=3.11", Platforms);
        return new(
            name,
            bench.Ours(folders.Ours, "lock", "--quiet", "--index-url", index.AbsoluteUri) with { Prepare = WorkFolders.Remove(folders.Ours, ours) },
            bench.Uv(
                folders.Peer,
                "pip", "compile", "--quiet", "--universal", "--python-version", Interpreter.Version, "--python", bench.Python, "--only-binary", ":all:",
                "--index-url", index.AbsoluteUri, "-o", Output, "requirements.in") with
            { Prepare = WorkFolders.Remove(folders.Peer, peers) });
    }
}
