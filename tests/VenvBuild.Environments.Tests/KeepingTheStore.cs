using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

public sealed class KeepingTheStore : IDisposable
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private readonly TestFolder _folder = new();
    private readonly MemorySource _source = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Cache => _folder.File("cache");

    private Store Store => new(Cache);

    [Fact]
    public async Task Its_parts_are_measured_with_what_environments_hold_on_to()
    {
        var (linked, _) = await SyncAsync("env", LinkMode.HardLink, "linked");
        await new LayerStore(Cache).GetOrAddAsync(_source.Plan(new WheelMaker("loose").File("loose/data.bin", new byte[5000])), _source, Token);

        var layers = Assert.Single(Store.Measure(Token), part => part.Name == "layers");

        Assert.Equal(2, layers.Entries);
        Assert.Equal(Directory.GetFiles(layers.Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Sum(f => new FileInfo(f).Length), layers.Bytes);
        Assert.Equal(Directory.GetFiles(FolderOf(linked), "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), layers.BytesInUse);
    }

    [Fact]
    public async Task What_was_not_used_for_long_goes_and_use_is_noted_once_a_day()
    {
        var store = new LayerStore(Cache);
        var (old, young, used) = (await AddAsync("old"), await AddAsync("young"), await AddAsync("used"));
        Age(old, 40);
        Age(used, 40);
        Assert.NotNull(store.Find(used));
        var renewed = File.GetLastWriteTimeUtc(ManifestOf(used));
        store.Find(used);

        var outcome = await Store.PruneAsync(new() { UnusedFor = Month }, Token);

        Assert.Equal(1, outcome.Removed);
        Assert.Null(store.Find(old));
        Assert.NotNull(store.Find(young));
        Assert.True(DateTime.UtcNow - renewed < TimeSpan.FromMinutes(5));
        Assert.Equal(renewed, File.GetLastWriteTimeUtc(ManifestOf(used)));
    }

    [Fact]
    public async Task The_least_recently_used_goes_until_the_rest_is_small_enough()
    {
        var digests = new List<Sha256Digest>();
        for (var i = 0; i < 4; i++)
        {
            digests.Add(await AddAsync($"sized{i}", 100_000));
            Age(digests[i], 10 - i);
        }

        var outcome = await Store.PruneAsync(new() { MaxBytes = 250_000 }, Token);

        Assert.Equal(2, outcome.Removed);
        Assert.InRange(outcome.FreedBytes, 200_000, 210_000);
        Assert.True(outcome.LeftBytes <= 250_000);
        Assert.Equal([false, false, true, true], digests.Select(digest => new LayerStore(Cache).Find(digest) is not null));
    }

    [Theory]
    [InlineData(LinkMode.HardLink, true)]
    [InlineData(LinkMode.Symlink, true)]
    [InlineData(LinkMode.Copy, false)]
    public async Task What_an_environment_links_to_stays_until_the_environment_goes(LinkMode link, bool stays)
    {
        var (digest, _) = await SyncAsync("env", link, "held");

        Assert.Equal(stays ? 1 : 0, (await Store.PruneAsync(new() { MaxBytes = 0 }, Token)).KeptInUse);

        Assert.Equal(stays, new LayerStore(Cache).Find(digest) is not null);
        Assert.Equal("42", await Pythons.RunAsync(Python("env"), "-c", "import held; print(held.answer())"));
        Directory.Delete(_folder.File("env"), recursive: true);
        Assert.Equal(0, (await Store.PruneAsync(new() { MaxBytes = 0 }, Token)).KeptInUse);
        Assert.Null(new LayerStore(Cache).Find(digest));
    }

    [Fact]
    public async Task What_a_running_process_uses_stays_and_what_a_killed_one_used_does_not()
    {
        var digest = await AddAsync("leased");
        using (await StoreLease.AcquireAsync(Cache, [digest], Token))
        {
            Assert.Equal((0, 1), Counts(await Store.PruneAsync(new() { MaxBytes = 0 }, Token)));
            Assert.NotNull(new LayerStore(Cache).Find(digest));
        }

        // The file that a kill leaves is locked by nobody.
        _folder.Write("cache/leases/0123456789abcdef0123456789abcdef.lease", digest.ToString());
        Assert.Equal((1, 0), Counts(await Store.PruneAsync(new() { MaxBytes = 0 }, Token)));
        Assert.Equal(["gate.lock"], Directory.GetFiles(_folder.File("cache", "leases")).Select(Path.GetFileName));

        static (int, int) Counts(PruneOutcome outcome) => (outcome.Removed, outcome.KeptInUse);
    }

    [Fact]
    public async Task What_killed_runs_left_is_cleared_away_and_what_runs_do_is_not()
    {
        var digest = await AddAsync("whole");
        _folder.Write($"cache/layers/v1/.staging/{new string('a', 64)}/layer/purelib/half.py", "half");
        _folder.Write("cache/bytecode/v1/.staging/0123456789abcdef0123456789abcdef/x/half.pyc", "half");
        _folder.Write("cache/trash/0123456789abcdef0123456789abcdef/half.py", "half");
        var part = _folder.Write("cache/pages-v1/ab/cd.0123.part", "half");
        Directory.SetLastWriteTimeUtc(_folder.File("cache", "bytecode", "v1", ".staging", "0123456789abcdef0123456789abcdef"), DateTime.UtcNow.AddHours(-1));
        File.SetLastWriteTimeUtc(part, DateTime.UtcNow.AddDays(-2));
        using var running = StagingFolder.Create(_folder.File("cache", "bytecode", "v1", ".staging"));
        Directory.SetLastWriteTimeUtc(running.Path, DateTime.UtcNow.AddHours(-1));
        File.SetLastWriteTimeUtc(running.Path + ".lock", DateTime.UtcNow.AddHours(-1));

        var outcome = await Store.PruneAsync(new(), Token);

        Assert.Equal(16, outcome.FreedBytes);
        Assert.Equal(0, outcome.Removed);
        Assert.NotNull(new LayerStore(Cache).Find(digest));
        Assert.True(Directory.Exists(running.Path));
        Assert.DoesNotContain(Directory.GetFiles(Cache, "*", SearchOption.AllDirectories), path => !path.EndsWith(".lock", StringComparison.Ordinal) && File.ReadAllText(path) == "half");
    }

    [Fact]
    public async Task A_killed_sync_of_any_environment_is_cleared_away_too()
    {
        await SyncAsync("env", LinkMode.Copy, "late");
        var left = _folder.File($"env.{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(left);

        await Store.PruneAsync(new(), Token);

        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(_folder.File("env")));
    }

    [Fact]
    public async Task Every_flipped_bit_is_found_and_what_it_is_in_is_made_anew()
    {
        var (digest, python) = await SyncAsync("env", LinkMode.HardLink, "solid", hasBytecode: true);
        Assert.Empty(await Store.VerifyAsync(removes: false, Token));
        var files = Directory.GetFiles(Cache, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetRelativePath(Cache, path).Split('/')[0] is "layers" or "bytecode" && new FileInfo(path).Length > 0).ToList();
        Assert.Contains(files, path => path.EndsWith(".pyc", StringComparison.Ordinal));
        Assert.Contains(files, path => path.EndsWith("layer.json", StringComparison.Ordinal));
        foreach (var path in files)
        {
            using (Damage.Flip(path, Random.Shared))
            {
                var damage = Assert.Single(await Store.VerifyAsync(removes: false, Token));
                Assert.Equal(path, damage.Path);
                Assert.Equal([_folder.File("env")], damage.Environments);
                Assert.False(damage.IsRemoved);
            }
        }

        // Damage that time and size do not tell is shared by the environment of hard links, so that is made anew too.
        var module = Path.Combine(FolderOf(digest), "purelib", "solid", "__init__.py");
        _ = Damage.Flip(module, Random.Shared);
        Assert.True(Assert.Single(await Store.VerifyAsync(removes: true, Token)).IsRemoved);
        Assert.Empty(await Store.VerifyAsync(removes: false, Token));
        var result = await Installer.SyncAsync(PlanOf(python, "solid", true), python, _folder.File("env"), _source, new() { Link = LinkMode.HardLink }, cancellationToken: Token);
        Assert.True(result.HasChanged);
        Assert.Equal("42", await Pythons.RunAsync(Python("env"), "-c", "import solid; print(solid.answer())"));
        Assert.Empty(await Store.VerifyAsync(removes: false, Token));
    }

    /// <summary>What is remembered of interpreters, native files, archives and places is checked as what is installed is.</summary>
    [Fact]
    public async Task Every_flipped_bit_is_found_in_what_is_only_remembered_too()
    {
        var (digest, python) = await SyncAsync("env", LinkMode.Copy, "solid");
        await new LayerDigests(Cache).GetAsync(new LayerStore(Cache).Find(digest)!, Token);
        Assert.NotNull(await new InterpreterFinder(Cache).OfEnvironmentAsync(_folder.File("env"), Token));
        Assert.Empty(await Store.VerifyAsync(removes: false, Token));
        var files = Directory.GetFiles(Cache, "*", SearchOption.AllDirectories).Where(path => Path.GetRelativePath(Cache, path).Split('/')[0] is not "layers" && new FileInfo(path).Length > 0).ToList();
        foreach (var part in (string[])["archives", "interpreters", "environments"])
            Assert.Contains(files, path => Path.GetRelativePath(Cache, path).StartsWith(part, StringComparison.Ordinal));
        foreach (var path in files)
        {
            using (Damage.Flip(path, Random.Shared))
                Assert.Equal(path, Assert.Single(await Store.VerifyAsync(removes: false, Token)).Path);
        }

        foreach (var path in files)
            _ = Damage.Flip(path, Random.Shared);
        Assert.Equal(files.Count, (await Store.VerifyAsync(removes: true, Token)).Count);
        Assert.Empty(await Store.VerifyAsync(removes: false, Token));
        // The next sync remembers anew, though it has nothing to do.
        Assert.False((await Installer.SyncAsync(PlanOf(python, "solid", false), python, _folder.File("env"), _source, new() { Link = LinkMode.Copy }, cancellationToken: Token)).HasChanged);
        Assert.Single(new EnvironmentRegister(Cache).Read());
    }

    [Fact]
    public async Task What_an_environment_leads_to_is_kept_where_it_was_moved_once_it_was_synced_there()
    {
        var (digest, python) = await SyncAsync("env", LinkMode.Symlink, "solid");
        Directory.Move(_folder.File("env"), _folder.File("moved"));
        var result = await Installer.SyncAsync(PlanOf(python, "solid", false), python, _folder.File("moved"), _source, new() { Link = LinkMode.Symlink }, cancellationToken: Token);

        await Store.PruneAsync(new() { MaxBytes = 0 }, Token);

        Assert.False(result.HasChanged);
        Assert.NotNull(new LayerStore(Cache).Find(digest));
        Assert.Equal("42", await Pythons.RunAsync(Python("moved"), "-c", "import solid; print(solid.answer())"));
    }

    [Fact]
    public async Task Files_that_are_missing_added_linked_or_of_another_mode_are_found()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes and links are those of POSIX");
        var digest = await AddAsync("changed");
        var root = FolderOf(digest);
        var module = Path.Combine(root, "purelib", "changed", "__init__.py");
        var bytes = await File.ReadAllBytesAsync(module, Token);
        foreach (var harm in new Action[]
        {
            () => File.Delete(module),
            () => File.WriteAllText(Path.Combine(root, "purelib", "added.py"), "evil"),
            () => Replace(module, path => File.CreateSymbolicLink(path, "/etc/hostname")),
            () => File.SetLastWriteTimeUtc(module, DateTime.UtcNow),
            () => MakeWritable(module),
        })
        {
            harm();
            Assert.Single(await Store.VerifyAsync(removes: true, Token));
            Assert.Empty(await Store.VerifyAsync(removes: false, Token));
            await AddAsync("changed");
            Assert.Equal(bytes, await File.ReadAllBytesAsync(module, Token));
        }

        static void MakeWritable(string path)
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        static void Replace(string path, Action<string> by)
        {
            File.Delete(path);
            by(path);
        }
    }

    [Fact]
    public async Task Pruning_beside_syncs_takes_nothing_from_under_them()
    {
        var python = await Pythons.BestAsync();
        var wheels = Enumerable.Range(0, 15).Select(i => _source.Plan(new WheelMaker($"busy{i}").Module($"busy{i}", i).File($"busy{i}/data.txt", "data"))).ToArray();
        var plan = Pythons.Plan(python, wheels);
        using var done = new CancellationTokenSource();
        var pruning = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                    await Store.PruneAsync(new() { MaxBytes = 0 }, Token);
            },
            Token);
        for (var i = 0; i < 12; i++)
        {
            var env = _folder.File($"env{i % 2}");
            await Installer.SyncAsync(plan, python, env, _source, new() { Link = i % 3 == 0 ? LinkMode.Copy : LinkMode.HardLink }, cancellationToken: Token);
            foreach (var wheel in wheels)
                Assert.True(File.Exists(Path.Combine(env, "lib", $"python3.{python.Minor}", "site-packages", wheel.Name.Value, "data.txt")));
            Directory.Delete(env, recursive: true);
        }

        await done.CancelAsync();
        await pruning;
    }

    public void Dispose() => _folder.Dispose();

    private EnvironmentInstaller Installer => new(Cache);

    private string Python(string environment) => OperatingSystem.IsWindows() ? _folder.File(environment, "Scripts", "python.exe") : _folder.File(environment, "bin", "python");

    private EnvironmentPlan PlanOf(Interpreter python, string name, bool hasBytecode) =>
        new(python.ToTarget(), [_source.Plan(new WheelMaker(name).Module(name).File($"{name}/empty.txt", ""))], hasBytecode);

    private async Task<(Sha256Digest Digest, Interpreter Python)> SyncAsync(string environment, LinkMode link, string name, bool hasBytecode = false)
    {
        var python = await Pythons.BestAsync();
        var plan = PlanOf(python, name, hasBytecode);
        await Installer.SyncAsync(plan, python, _folder.File(environment), _source, new() { Link = link }, cancellationToken: Token);
        return (plan.Wheels[0].Sha256, python);
    }

    private async Task<Sha256Digest> AddAsync(string name, int bytes = 100)
    {
        var maker = new WheelMaker(name).Module(name);
        var content = new byte[bytes];
        new Random(bytes + name.Length).NextBytes(content);
        maker.File($"{name}/data.bin", content);
        return (await new LayerStore(Cache).GetOrAddAsync(_source.Plan(maker), _source, Token)).Digest;
    }

    private string FolderOf(Sha256Digest digest) => _folder.File("cache", "layers", "v1", digest.ToString()[..2], digest.ToString());

    private string ManifestOf(Sha256Digest digest) => Path.Combine(FolderOf(digest), LayerManifest.FileName);

    private void Age(Sha256Digest digest, int days) => File.SetLastWriteTimeUtc(ManifestOf(digest), DateTime.UtcNow.AddDays(-days));
}
