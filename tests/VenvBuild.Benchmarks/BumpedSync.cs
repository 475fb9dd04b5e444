namespace VenvBuild.Benchmarks;

/// <summary>
/// An environment of about a hundred distributions, of which one changes its version with each run, there and back: the other ninety-nine
/// are neither fetched nor unpacked, and stay where they are. uv takes the one out of the environment and puts the other in; we hold every file
/// against what was put there, and change names while the environment is out of sight, so that no moment sees half of each.
/// </summary>
internal sealed class BumpedSync
{
    private const string Workload = "jupyter", Changing = "soupsieve<4", Lock = "pylock.toml", Manifest = "pyenv.yaml";

    private readonly WorkFolders _folders;
    private readonly WorkFolders[] _states;

    private BumpedSync(Bench bench)
    {
        _folders = SyncComparisons.Folders(bench, "sync-bumped", Workload);
        _states = [SyncComparisons.Folders(bench, "sync-bumped-new", Workload), SyncComparisons.Folders(bench, "sync-bumped-old", Workload, Changing)];
    }

    public static Comparison Make(Bench bench)
    {
        var sync = new BumpedSync(bench);
        var ours = SyncComparisons.Sync(bench, sync._folders) with { Prepare = sync.Turn(sync._folders.Ours) };
        var peer = SyncComparisons.UvSync(bench, sync._folders, Path.Combine(sync._folders.Peer, Lock)) with { Prepare = sync.Turn(sync._folders.Peer) };
        return new(
            $"sync {Workload}, one distribution bumped",
            ours,
            peer)
        {
            First =
            [
                .. sync._states.Select(state => SyncComparisons.MakeLock(bench, state)),
                // Both versions once, so that both are in the caches.
                .. Enumerable.Repeat(ours, 2),
                SyncComparisons.MakeVenv(bench, sync._folders),
                .. Enumerable.Repeat(peer, 2),
            ],
        };
    }

    /// <summary>Puts the other lock, with its manifest, in the place of what is in a folder.</summary>
    private Func<CancellationToken, Task> Turn(string folder)
    {
        var turns = 0;
        return _ =>
        {
            foreach (var name in (string[])[Lock, Manifest])
                File.Copy(Path.Combine(_states[turns % _states.Length].Ours, name), Path.Combine(folder, name), overwrite: true);
            turns++;
            return Task.CompletedTask;
        };
    }
}
