using System.Diagnostics;
using System.Globalization;
using System.Text;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>
/// Real processes of the tool, killed at moments that chance picks (SIGKILL: nothing of theirs runs after it). <c>VENVBUILD_KILLS</c> says how
/// often each verb is; a few times where it is not set. <c>VENVBUILD_TOOL</c> may name another build of the tool, such as the native one, which
/// spends more of its time at work.
/// </summary>
public sealed class KilledRuns : IDisposable
{
    private const int Wheels = 8, Unbumped = 7;

    private readonly TestFolder _folder = new();
    private readonly Random _random = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Cache => _folder.File("cache");

    private string Environment => _folder.File("project", ".venv");

    [Fact]
    public async Task Whatever_is_killed_what_was_visible_is_whole_and_the_next_run_succeeds()
    {
        var kills = Kills(6);
        WriteProject(1);
        var clock = Stopwatch.StartNew();
        Assert.Equal((0, ""), await FinishAsync(Start("sync", "--frozen")));
        var whole = clock.Elapsed;
        for (var killed = 0; killed < kills; killed++)
        {
            // Other wheels each time, so that there is work: all of them, which are put beside the old ones, or one, which is put among them.
            // Pruning takes away what the last run left.
            WriteProject(killed % 3, killed % 4 == 0 ? Wheels : 1);
            using var prune = Start("cache", "prune", "--max-size", "0");
            using var sync = Start("sync", "--frozen");
            await Task.WhenAll(KillAsync(sync, whole), KillAsync(prune, whole));

            CheckEnvironment(Environment);
            Assert.Empty(await new Store(Cache).VerifyAsync(removes: false, Token));
            if (killed % 3 == 0)
            {
                Assert.Equal((0, ""), await FinishAsync(Start("sync", "--frozen")));
                CheckEnvironment(Environment);
            }
        }

        Directory.Delete(Environment, recursive: true);
        await CheckNothingStaysAsync();
        Assert.Equal(["pyenv.yaml", "pylock.toml", "wheels"], Directory.GetFileSystemEntries(_folder.File("project")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Whenever_lock_is_killed_there_is_the_old_lock_or_the_new_one_and_the_next_run_succeeds()
    {
        var kills = Kills(4);
        await using var index = new LoopbackIndex();
        foreach (var maker in Offers())
            index.Add(new(maker.Name, maker.FileName, maker.ToArray()));
        var locks = new List<string>();
        var whole = TimeSpan.Zero;
        for (var major = 1; major <= 2; major++)
        {
            WriteRequests(index, major);
            var clock = Stopwatch.StartNew();
            Assert.Equal((0, ""), await FinishAsync(Start("lock")));
            whole = clock.Elapsed;
            locks.Add(await File.ReadAllTextAsync(InProject("pylock.toml"), Token));
        }

        Assert.NotEqual(locks[0], locks[1]);
        for (var killed = 0; killed < kills; killed++)
        {
            // A cache that knows nothing has everything written to it; one that knows all lets a run come to the lock sooner.
            if (killed % 2 == 0 && Directory.Exists(Cache))
                Directory.Delete(Cache, recursive: true);
            var asked = killed % 4 / 2;
            WriteRequests(index, asked + 1);
            using var run = Start("lock");
            await KillAsync(run, whole);
            Assert.Contains(await File.ReadAllTextAsync(InProject("pylock.toml"), Token), locks);
            if (killed % 3 != 0)
                continue;
            Assert.Equal((0, ""), await FinishAsync(Start("lock")));
            Assert.Equal(locks[asked], await File.ReadAllTextAsync(InProject("pylock.toml"), Token));
            Assert.Empty(await new Store(Cache).VerifyAsync(removes: false, Token));
        }

        // The last to write the lock takes away what the killed ones left beside it.
        WriteRequests(index, 1);
        File.Delete(InProject("pylock.toml"));
        Assert.Equal((0, ""), await FinishAsync(Start("lock")));
        Assert.Equal(locks[0], await File.ReadAllTextAsync(InProject("pylock.toml"), Token));
        Assert.Equal(["pyenv.yaml", "pylock.toml"], Directory.GetFileSystemEntries(_folder.File("project")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await CheckNothingStaysAsync();
    }

    [Fact]
    public async Task Whatever_of_pack_unpack_and_build_is_killed_their_files_are_whole_or_not_there()
    {
        var kills = Kills(2);
        WriteProject(0);
        var clock = Stopwatch.StartNew();
        Assert.Equal((0, ""), await FinishAsync(Start("pack", "--frozen", "-o", "first.bundle")));
        var whole = clock.Elapsed;
        for (var killed = 0; killed < kills; killed++)
        {
            // Where the last run was killed, there is something to be made over; a store that is emptied leaves all the work to do.
            WriteProject(killed % 2);
            Assert.Equal((0, ""), await FinishAsync(Start("cache", "prune", "--max-size", "0")));
            using var pack = Start("pack", "--frozen", "-o", "packed.bundle");
            using var build = Start("build", "--frozen", "-o", "built");
            using var unpack = Start("unpack", "first.bundle", "--path", "unpacked");
            await Task.WhenAll(KillAsync(pack, whole), KillAsync(build, whole), KillAsync(unpack, whole));

            if (File.Exists(InProject("packed.bundle")))
                BundleReader.Open(InProject("packed.bundle")).Dispose();
            CheckEnvironment(InProject("built"));
            CheckEnvironment(InProject("unpacked"));
            Assert.Empty(await new Store(Cache).VerifyAsync(removes: false, Token));
        }

        Assert.Equal((0, ""), await FinishAsync(Start("pack", "--frozen", "-o", "packed.bundle")));
        Assert.Equal((0, ""), await FinishAsync(Start("build", "--frozen", "-o", "built")));
        Assert.Equal((0, ""), await FinishAsync(Start("unpack", "packed.bundle", "--path", "unpacked")));
        CheckEnvironment(InProject("built"));
        CheckEnvironment(InProject("unpacked"));
        Assert.Equal(
            ["built", "first.bundle", "packed.bundle", "pyenv.yaml", "pylock.toml", "unpacked", "wheels"],
            Directory.GetFileSystemEntries(_folder.File("project")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Directory.Delete(InProject("built"), recursive: true);
        Directory.Delete(InProject("unpacked"), recursive: true);
        await CheckNothingStaysAsync();
    }

    public void Dispose() => _folder.Dispose();

    private static int Kills(int usual) =>
        int.TryParse(System.Environment.GetEnvironmentVariable("VENVBUILD_KILLS"), CultureInfo.InvariantCulture, out var asked) ? asked : usual;

    private string InProject(string name) => _folder.File("project", name);

    /// <summary>Asks for wheels in the version of a set: all, or the first some, and the others in another version.</summary>
    private void WriteProject(int set, int count = Wheels)
    {
        _folder.Write("project/pyenv.yaml", "python: \">=3.9\"\nrequirements: []\nenvironment: {bytecode: true}\n");
        var text = new StringBuilder("lock-version = \"1.0\"\ncreated-by = \"tests\"\n");
        for (var i = 0; i < Wheels; i++)
        {
            var minor = i < count ? set : Unbumped;
            var maker = new WheelMaker($"part{i}", $"1.{minor}").Module($"part{i}", minor);
            for (var file = 0; file < 20; file++)
                maker.File($"part{i}/file{file}.txt", $"{minor} {i} {file}");
            var path = Path.Combine(_folder.File("project", "wheels"), maker.FileName);
            if (!File.Exists(path))
                maker.Save(_folder.File("project", "wheels"));
            var digest = Sha256Digest.Of(File.ReadAllBytes(path));
            text.Append(CultureInfo.InvariantCulture, $"\n[[packages]]\nname = \"part{i}\"\nversion = \"1.{minor}\"\nwheels = [{{name = \"{maker.FileName}\", path = \"wheels/{maker.FileName}\", hashes = {{sha256 = \"{digest}\"}}}}]\n");
        }

        _folder.Write("project/pylock.toml", text.ToString());
    }

    private Process Start(params string[] arguments)
    {
        var tool = System.Environment.GetEnvironmentVariable("VENVBUILD_TOOL");
        var start = new ProcessStartInfo(tool ?? "dotnet") { WorkingDirectory = _folder.File("project"), RedirectStandardError = true, RedirectStandardOutput = true };
        if (tool is null)
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "dotnet-pyenv.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["VENVBUILD_CACHE"] = Cache;
        return Process.Start(start)!;
    }

    private async Task KillAsync(Process process, TimeSpan within)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(_random.NextDouble() * within.TotalMilliseconds), Token);
        process.Kill();
        await process.WaitForExitAsync(Token);
    }

    private static async Task<(int ExitCode, string Error)> FinishAsync(Process process)
    {
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
            await process.WaitForExitAsync(Token);
            await output;
            return (process.ExitCode, process.ExitCode == 0 ? "" : await error);
        }
    }

    /// <summary>Whatever environment is there, of whichever lock: every file that its RECORDs list is in it.</summary>
    private static void CheckEnvironment(string environment)
    {
        if (!Directory.Exists(environment))
            return;
        var records = Directory.GetFiles(environment, "RECORD", SearchOption.AllDirectories).Where(path => !path.Contains("lib64", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(Wheels, records.Count);
        // The first may be of another version than the rest only where the rest is not of any set.
        var minors = records.Select(path => Path.GetFileName(Path.GetDirectoryName(path)!).Split("-1.")[1].Split('.')[0]).ToList();
        Assert.Single(minors.Skip(minors[^1] == $"{Unbumped}" ? 1 : 0).Distinct());
        for (var i = 0; i < Wheels; i++)
        {
            var site = Path.GetDirectoryName(Path.GetDirectoryName(records[i]))!;
            var rows = File.ReadLines(records[i]).Select(row => row.Split(',')[0]).ToList();
            Assert.True(rows.Count > 20);
            Assert.All(rows, row => Assert.True(File.Exists(Path.Combine(site, row)), row));
            Assert.All(Enumerable.Range(0, 20), file => Assert.Equal($"{minors[i]} {i} {file}", File.ReadAllText(Path.Combine(site, $"part{i}", $"file{file}.txt"))));
        }
    }

    /// <summary>With no environment left that uses it, pruning empties the cache but for the locks, which are few and hold nothing.</summary>
    private async Task CheckNothingStaysAsync()
    {
        // What may still be a living run's is left alone for a while.
        var left = new DirectoryInfo(Cache).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Where(entry => entry.FullName.Contains(".staging", StringComparison.Ordinal) || entry.Extension is ".tmp" or ".part").ToList();
        foreach (var entry in left)
            entry.LastWriteTimeUtc = DateTime.UtcNow.AddDays(-2);
        Assert.Equal((0, ""), await FinishAsync(Start("cache", "prune", "--max-size", "0")));
        Assert.All(Directory.GetFiles(Cache, "*", SearchOption.AllDirectories), path => Assert.EndsWith(".lock", path, StringComparison.Ordinal));
    }

    /// <summary>A chain of projects in two releases, each of which needs its own of the next.</summary>
    private static IEnumerable<WheelMaker> Offers()
    {
        for (var i = 0; i < Wheels; i++)
        {
            for (var major = 1; major <= 2; major++)
            {
                var maker = new WheelMaker($"part{i}", $"{major}.0").Module($"part{i}", major);
                yield return i + 1 < Wheels ? maker.Requires($"part{i + 1}=={major}.*") : maker;
            }
        }
    }

    private void WriteRequests(LoopbackIndex index, int major) =>
        _folder.Write("project/pyenv.yaml", $"python: \">=3.11,<3.13\"\nrequirements: [part0=={major}.*]\nindexes: [{{name: here, url: \"{index.Simple}\"}}]\n");
}
