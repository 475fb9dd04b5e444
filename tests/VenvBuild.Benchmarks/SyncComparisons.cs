namespace VenvBuild.Benchmarks;

/// <summary>
/// Environments from locks, and from requests. The installers of uv and pip fill a virtual environment that is there already: making it is
/// not in their time and is in ours.
/// </summary>
internal static class SyncComparisons
{
    private const string Lock = "pylock.toml", Environment = ".venv";

    private static readonly string[] Workloads = ["jupyter", "flask"];

    public static IEnumerable<Comparison> All(Bench bench) =>
    [
        .. Workloads.Select(workload => Fresh(bench, "sync-warm", $"warm sync {workload}", workload, isCold: false)),
        .. Workloads.Select(workload => Fresh(bench, "sync-cold", $"cold sync {workload}", workload, isCold: true)),
        .. Workloads.Select(workload => NoOp(bench, workload)),
        BumpedSync.Make(bench),
        FromRequests(bench, "flask", int.MaxValue),
        FromRequests(bench, "jupyter", 2),
    ];

    /// <summary>A new environment from a lock of the same files, by hard links. uv reads the lock that we wrote.</summary>
    private static Comparison Fresh(Bench bench, string kind, string name, string workload, bool isCold)
    {
        var folders = Folders(bench, kind, workload);
        string[] emptied = isCold ? [Environment, "cache"] : [Environment];
        return new(
            name,
            Sync(bench, folders) with { Prepare = Forgetting(bench, folders, emptied) },
            UvSync(bench, folders) with { Prepare = FreshVenv(bench, folders, emptied) })
        {
            First = [MakeLock(bench, folders)],
        };
    }

    /// <summary>An empty cache that knows the interpreter, as uv's does once it has made the virtual environment that it is to fill.</summary>
    internal static Func<CancellationToken, Task> Forgetting(Bench bench, WorkFolders folders, IReadOnlyList<string> emptied) => async cancellationToken =>
    {
        await WorkFolders.Remove(folders.Ours, emptied)(cancellationToken);
        await bench.Ours(folders.Ours, "python", "list", "--quiet").RunAsync(cancellationToken);
    };

    /// <summary>The environment is as the lock says.</summary>
    private static Comparison NoOp(Bench bench, string workload)
    {
        var folders = Folders(bench, "sync-no-op", workload);
        return new($"no-op sync {workload}", Sync(bench, folders), UvSync(bench, folders) with { Prepare = VenvOnce(bench, folders) })
        {
            First = [MakeLock(bench, folders)],
        };
    }

    /// <summary>No lock is there: resolve, lock and install, against pip, which resolves and installs.</summary>
    private static Comparison FromRequests(Bench bench, string workload, int mostRounds)
    {
        var folders = Folders(bench, "pip", workload);
        return new(
            $"lock and sync {workload}, pip install",
            bench.Ours(folders.Ours, "sync", "--quiet", "--python", bench.Python, "--index-url", bench.Near.AbsoluteUri) with
            {
                Prepare = WorkFolders.Remove(folders.Ours, Environment, Lock),
            },
            PipInstall(bench, folders, bench.Near) with { Prepare = FreshVenv(bench, folders, [Environment]) })
        {
            MostRounds = mostRounds,
        };
    }

    /// <summary>The folders of what is installed for this machine.</summary>
    internal static WorkFolders Folders(Bench bench, string kind, string workload, params IReadOnlyList<string> more) =>
        new(bench, kind, workload, ">=3.11,<3.12", ["linux-x64"], more);

    internal static Measured MakeLock(Bench bench, WorkFolders folders) =>
        bench.Ours(folders.Ours, "lock", "--quiet", "--index-url", bench.Near.AbsoluteUri);

    internal static Measured Sync(Bench bench, WorkFolders folders) =>
        bench.Ours(folders.Ours, "sync", "--quiet", "--locked", "--python", bench.Python, "--index-url", bench.Near.AbsoluteUri);

    internal static Measured UvSync(Bench bench, WorkFolders folders, string? lockPath = null, Uri? index = null) => bench.Uv(
        folders.Peer,
        "pip", "sync", "--quiet", "--python", Executable(folders), "--link-mode", "hardlink", "--index-url", (index ?? bench.Near).AbsoluteUri,
        lockPath ?? Path.Combine(folders.Ours, Lock));

    internal static Measured PipInstall(Bench bench, WorkFolders folders, Uri index) => bench.Pip(
        folders.Peer,
        "--python", Executable(folders), "install", "--quiet", "--only-binary", ":all:", "--no-compile", "--index-url", index.AbsoluteUri, "-r", "requirements.in");

    private static string Executable(WorkFolders folders) => Path.Combine(folders.Peer, Environment, "bin", "python");

    internal static Func<CancellationToken, Task> FreshVenv(Bench bench, WorkFolders folders, IReadOnlyList<string> emptied) => async cancellationToken =>
    {
        await WorkFolders.Remove(folders.Peer, emptied)(cancellationToken);
        await MakeVenv(bench, folders).RunAsync(cancellationToken);
    };

    private static Func<CancellationToken, Task> VenvOnce(Bench bench, WorkFolders folders) => async cancellationToken =>
    {
        if (!File.Exists(Executable(folders)))
            await MakeVenv(bench, folders).RunAsync(cancellationToken);
    };

    internal static Measured MakeVenv(Bench bench, WorkFolders folders) =>
        bench.Uv(folders.Peer, "venv", "--quiet", "--no-project", "--python", bench.Python, Environment);
}
