using VenvBuild.Benchmarks;
using VenvBuild.Server.Tests;
using VenvBuild.Testing;

namespace VenvBuild.Load;

/// <summary>
/// The tool with an empty cache and a warm server, beside uv and pip with empty caches, all in one run; each answer of the index takes 30 ms.
/// </summary>
internal static class ClientLoad
{
    private const string Lock = "pylock.toml", Venv = ".venv";

    private static readonly string[] Everywhere = ["linux-x64", "win-x64", "osx-arm64"];

    public static async Task RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var bench = await Bench.PrepareAsync(options.Tool, cancellationToken);
        using var folder = new TestFolder();
        await using var server = await ServerProcess.StartAsync(
            folder.File("data"), $"Indexes:Allowed:0={bench.Far}", "Limits:RequestsPerMinute=2000000000", "Indexes:Freshness=1.00:00:00", "Limits:SolveTime=00:05:00");
        Console.WriteLine("| what | ours, ms | peer, ms | ratio | min..max of the ratio | peak MiB, ours : peer |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var workload in new[] { "jupyter", "airflow" })
            Console.WriteLine(await LockOf(bench, server, workload).RunAsync(options.Rounds, cancellationToken));
        Console.WriteLine(await SyncOf(bench, server, "uv").RunAsync(options.Rounds, cancellationToken));
        Console.WriteLine(await SyncOf(bench, server, "uv", withBytecode: true).RunAsync(options.Rounds, cancellationToken));
        Console.WriteLine(await (SyncOf(bench, server, "pip") with { MostRounds = 2 }).RunAsync(options.Rounds, cancellationToken));
    }

    private static Comparison LockOf(Bench bench, ServerProcess server, string workload)
    {
        var folders = new WorkFolders(bench, "server-lock", workload, ">=3.11", Everywhere);
        return new(
            $"lock {workload} from a warm server, uv cold",
            bench.Ours(folders.Ours, "lock", "--quiet", "--index-url", bench.Far.AbsoluteUri, "--server", server.Client.BaseAddress!.AbsoluteUri) with
            {
                Prepare = WorkFolders.Remove(folders.Ours, Lock, "cache"),
            },
            bench.Uv(
                folders.Peer,
                "pip", "compile", "--quiet", "--universal", "--python-version", Interpreter.Version, "--python", bench.Python, "--only-binary", ":all:",
                "--index-url", bench.Far.AbsoluteUri, "-o", "requirements.txt", "requirements.in") with
            {
                Prepare = WorkFolders.Remove(folders.Peer, "requirements.txt", "cache"),
            });
    }

    /// <summary>The same result on both sides: as wheels bring it, or with all modules compiled, which uv does when it is told to.</summary>
    private static Comparison SyncOf(Bench bench, ServerProcess server, string peer, bool withBytecode = false)
    {
        var folders = new WorkFolders(bench, $"server-sync-{peer}{(withBytecode ? "-bytecode" : "")}", "jupyter", ">=3.11,<3.12", ["linux-x64"]);
        if (withBytecode)
        {
            var manifest = Path.Combine(folders.Ours, "pyenv.yaml");
            File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("{link: hardlink}", "{link: hardlink, bytecode: true}", StringComparison.Ordinal));
        }

        var python = Path.Combine(folders.Peer, Venv, "bin", "python");
        async Task FreshAsync(CancellationToken cancellationToken)
        {
            await WorkFolders.Remove(folders.Peer, Venv, "cache")(cancellationToken);
            await bench.Uv(folders.Peer, "venv", "--quiet", "--no-project", "--python", bench.Python, Venv).RunAsync(cancellationToken);
            await WorkFolders.Remove(folders.Peer, "cache")(cancellationToken);
        }

        var install = peer == "uv"
            ? bench.Uv(folders.Peer, "pip", "sync", "--quiet", withBytecode ? "--compile-bytecode" : "--no-compile-bytecode", "--python", python, "--link-mode", "hardlink", "--index-url", bench.Far.AbsoluteUri, Path.Combine(folders.Ours, Lock))
            : bench.Pip(folders.Peer, "--python", python, "install", "--quiet", "--only-binary", ":all:", "--no-compile", "--index-url", bench.Far.AbsoluteUri, "-r", "requirements.in");
        var address = server.Client.BaseAddress!.AbsoluteUri;
        return new(
            $"sync jupyter from the server{(withBytecode ? " with bytecode" : "")}, {peer} cold{(withBytecode ? " with --compile-bytecode" : "")}",
            bench.Ours(folders.Ours, "sync", "--quiet", "--locked", "--python", bench.Python, "--index-url", bench.Far.AbsoluteUri, "--server", address) with
            {
                Prepare = WorkFolders.Remove(folders.Ours, Venv, "cache"),
            },
            install with { Prepare = FreshAsync })
        {
            First = [bench.Ours(folders.Ours, "lock", "--quiet", "--index-url", bench.Far.AbsoluteUri, "--server", address)],
        };
    }
}
