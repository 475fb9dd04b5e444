using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

public sealed class SyncingEnvironments
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wheels_can_be_imported_by_every_interpreter_of_this_machine()
    {
        using var folder = new TestFolder();
        var source = new MemorySource();
        var wheels = new[] { source.Plan(new WheelMaker("first").Module("first", 1)), source.Plan(new WheelMaker("second", "2.0").Module("second", 2)) };
        foreach (var python in await Pythons.AllAsync())
        {
            var path = folder.File($"env-{python.Version}");
            var result = await new EnvironmentInstaller(folder.File("cache")).SyncAsync(Pythons.Plan(python, wheels), python, path, source, cancellationToken: Token);

            Assert.True(result.HasChanged);
            Assert.Equal("3", await Pythons.RunAsync(Executable(path), "-c", "import first, second; print(first.answer() + second.answer())"));
            Assert.Equal("first 1.0 venvbuild", await Pythons.RunAsync(
                Executable(path), "-c", "import importlib.metadata as m; d = m.distribution('first'); print(d.metadata['Name'], d.version, d.read_text('INSTALLER').strip())"));
            Assert.Equal("True", await Pythons.RunAsync(Executable(path), "-c", "import sys; print(sys.prefix != sys.base_prefix)"));
        }

        Assert.Equal(2, source.Downloads);
    }

    [Fact]
    public async Task The_second_sync_does_nothing_until_something_changes()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var first = source.Plan(new WheelMaker("first").Module("first"));
        var second = source.Plan(new WheelMaker("second").Module("second"));
        var installer = new EnvironmentInstaller(folder.File("cache"));
        var path = folder.File(".venv");

        Assert.True((await installer.SyncAsync(Pythons.Plan(python, first), python, path, source, cancellationToken: Token)).HasChanged);
        await Pythons.RunAsync(Executable(path), "-c", "import first");
        Assert.False((await installer.SyncAsync(Pythons.Plan(python, first), python, path, source, cancellationToken: Token)).HasChanged);
        Assert.True((await installer.SyncAsync(Pythons.Plan(python, first, second), python, path, source, cancellationToken: Token)).HasChanged);
        Assert.Equal("42", await Pythons.RunAsync(Executable(path), "-c", "import second; print(second.answer())"));
        Directory.Delete(Path.Combine(SitePackages(path, python), "second"), recursive: true);
        Assert.True((await installer.SyncAsync(Pythons.Plan(python, first, second), python, path, source, cancellationToken: Token)).HasChanged);
        Assert.True((await installer.SyncAsync(Pythons.Plan(python, second), python, path, source, cancellationToken: Token)).HasChanged);
        Assert.False(Directory.Exists(Path.Combine(SitePackages(path, python), "first")));
        Assert.Equal([".venv", "cache"], Entries(folder.Path));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with spaces and 'quotes'")]
    [InlineData("long")]
    public async Task Commands_run_wherever_the_environment_is_and_after_a_move(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "these are the commands of POSIX");
        using var folder = new TestFolder(name == "long" ? new string('l', 120) + "/" + new string('m', 120) : name);
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var maker = new WheelMaker("tool").Module("tool", 7).Script("tool-cmd", "tool:main").Script("tool-dotted", "tool:main.__call__")
            .EntryPoint("gui_scripts", "tool-gui", "tool:main [extra]");
        maker.File($"{maker.Data}/scripts/tool-script", "#!python\nimport tool, sys\nprint(tool.answer(), sys.argv[1])\n");
        maker.File($"{maker.Data}/scripts/tool-doc", "#!python -E\n'''the doc'''\nfrom __future__ import annotations\nprint(__doc__)\n");
        maker.File($"{maker.Data}/scripts/tool-sh", "#!/bin/sh\necho shell\n");
        var path = folder.File("env");
        await new EnvironmentInstaller(folder.File("cache")).SyncAsync(Pythons.Plan(python, source.Plan(maker)), python, path, source, cancellationToken: Token);
        await Check(path);
        Directory.Move(path, folder.File("moved"));
        await Check(folder.File("moved"));
        File.CreateSymbolicLink(folder.File("link"), folder.File("moved", "bin", "tool-cmd"));
        Assert.Equal("7", await Pythons.RunAsync(folder.File("link")));
        Assert.Equal(folder.File("moved"), await Pythons.RunAsync("bash", "-c", $"source \"{folder.File("moved")}/bin/activate\" && echo $VIRTUAL_ENV && deactivate"));
        Assert.Equal(folder.File("moved", "bin", "python"), await Pythons.RunAsync("bash", "-c", $"cd \"{folder.File("moved")}\"; source bin/activate; command -v python"));

        static async Task Check(string path)
        {
            Assert.Equal("7", await Pythons.RunAsync(Path.Combine(path, "bin", "tool-cmd")));
            Assert.Equal("7", await Pythons.RunAsync(Path.Combine(path, "bin", "tool-dotted")));
            Assert.Equal("7", await Pythons.RunAsync(Path.Combine(path, "bin", "tool-gui")));
            Assert.Equal("7 x y", await Pythons.RunAsync(Path.Combine(path, "bin", "tool-script"), "x y"));
            Assert.Equal("the doc", await Pythons.RunAsync(Path.Combine(path, "bin", "tool-doc")));
            Assert.Equal("shell", await Pythons.RunAsync(Path.Combine(path, "bin", "tool-sh")));
        }
    }

    [Fact]
    public async Task Every_scheme_goes_to_its_place_and_RECORD_covers_what_was_installed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the places are those of POSIX");
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var maker = new WheelMaker("spread", tag: "py3-none-any").Module("spread").Script("spread", "spread:main");
        maker.File($"{maker.Data}/data/share/spread/a,b.txt", "data").File($"{maker.Data}/headers/spread.h", "// header")
            .File($"{maker.Data}/platlib/spread_native.py", "x = 1").File($"{maker.Data}/purelib/spread_pure.py", "x = 1")
            .File($"{maker.Data}/scripts/spread-script", "#!python\n").File("spread/run.sh", "#!/bin/sh\n", isExecutable: true);
        var path = folder.File("env");
        var wheel = source.Plan(maker);
        await new EnvironmentInstaller(folder.File("cache")).SyncAsync(
            new EnvironmentPlan(python.ToTarget(), [wheel], hasBytecode: true), python, path, source, cancellationToken: Token);

        Assert.True(File.Exists(Path.Combine(path, "share", "spread", "a,b.txt")));
        Assert.True(File.Exists(Path.Combine(path, "include", "site", $"python3.{python.Minor}", "spread", "spread.h")));
        Assert.Equal("True", await Pythons.RunAsync(Executable(path), "-c", "import os, spread; print(os.access(os.path.dirname(spread.__file__) + '/run.sh', os.X_OK))"));
        const string script = """
            import base64, hashlib, importlib.metadata as m, pathlib
            d = m.distribution('spread')
            n = 0
            for f in d.files:
                p = pathlib.Path(d.locate_file(f))
                assert p.exists(), f
                if f.hash:
                    assert f.hash.mode == 'sha256' and f.size == p.stat().st_size, f
                    assert base64.urlsafe_b64encode(hashlib.sha256(p.read_bytes()).digest()).rstrip(b'=').decode() == f.hash.value, f
                    n += 1
            listed = {pathlib.Path(d.locate_file(f)).resolve() for f in d.files}
            site = pathlib.Path(d.locate_file('')).resolve()
            unlisted = [str(p) for p in site.rglob('*') if p.is_file() and p not in listed]
            assert not unlisted, unlisted
            print(n)
            """;
        Assert.Equal("12", await Pythons.RunAsync(Executable(path), "-c", script));
    }

    [Fact]
    public async Task Bytecode_is_made_once_is_taken_as_it_is_and_holds_no_path()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var wheel = source.Plan(new WheelMaker("code").Module("code").File("code/broken.py", "this is not python"));
        var plan = new EnvironmentPlan(python.ToTarget(), [wheel], hasBytecode: true);
        var path = folder.File("env");
        await new EnvironmentInstaller(folder.File("cache")).SyncAsync(plan, python, path, source, cancellationToken: Token);

        var compiled = Path.Combine(SitePackages(path, python), "code", "__pycache__", $"__init__.{python.CacheTag}.pyc");
        var bytes = await File.ReadAllBytesAsync(compiled, Token);
        Assert.Equal(1, bytes[4]);
        Assert.DoesNotContain(folder.Path, System.Text.Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal(compiled, await Pythons.RunAsync(Executable(path), "-c", "import code as stdlib, sys; sys.path.insert(0, sys.path.pop()); del sys.modules['code']; import code; print(code.__cached__)"));
        Assert.NotEqual(plan.Key, new EnvironmentPlan(python.ToTarget(), [wheel]).Key);
    }

    [Fact]
    public async Task Two_wheels_may_bring_the_same_file_and_not_two_different_ones()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var one = source.Plan(new WheelMaker("one").Module("one").File("shared/__init__.py", "# same"));
        var same = source.Plan(new WheelMaker("same").Module("same").File("shared/__init__.py", "# same"));
        var other = source.Plan(new WheelMaker("other").Module("other").File("shared/__init__.py", "# other"));
        var command = source.Plan(new WheelMaker("command").Module("command").Script("same", "command:main"));
        var rival = source.Plan(new WheelMaker("rival").Module("rival").Script("same", "rival:main"));
        var installer = new EnvironmentInstaller(folder.File("cache"));
        await installer.SyncAsync(Pythons.Plan(python, one, same), python, folder.File("env"), source, cancellationToken: Token);

        foreach (var (a, b) in new[] { (one, other), (command, rival) })
        {
            var conflict = await Assert.ThrowsAsync<DiagnosticException>(() =>
                installer.SyncAsync(Pythons.Plan(python, a, b), python, folder.File("env"), source, cancellationToken: Token));
            Assert.Equal(EnvironmentCodes.WheelsConflict, conflict.Diagnostics[0].Code);
            Assert.Contains(a.File.Text, conflict.Diagnostics[0].Message, StringComparison.Ordinal);
            Assert.Contains(b.File.Text, conflict.Diagnostics[0].Message, StringComparison.Ordinal);
        }

        Assert.Equal("42", await Pythons.RunAsync(Executable(folder.File("env")), "-c", "import one, same; print(same.answer())"));
        Assert.Equal(["cache", "env"], Entries(folder.Path));
    }

    [Fact]
    public async Task A_folder_that_is_no_environment_is_not_touched()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var precious = folder.Write("work/thesis.txt", "precious");
        var installer = new EnvironmentInstaller(folder.File("cache"));

        foreach (var place in new[] { folder.File("work"), precious })
        {
            var refused = await Assert.ThrowsAsync<DiagnosticException>(() => installer.SyncAsync(Pythons.Plan(python), python, place, new MemorySource(), cancellationToken: Token));
            Assert.Equal(EnvironmentCodes.NotAnEnvironment, refused.Diagnostics[0].Code);
        }

        Assert.Equal("precious", await File.ReadAllTextAsync(precious, Token));
    }

    [Fact]
    public async Task A_wheel_that_is_not_the_planned_one_changes_nothing()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var good = source.Plan(new WheelMaker("good").Module("good"));
        var installer = new EnvironmentInstaller(folder.File("cache"));
        await installer.SyncAsync(Pythons.Plan(python, good), python, folder.File("env"), source, cancellationToken: Token);
        var replaced = source.Replace(source.Plan(new WheelMaker("bad").Module("bad", 1)), new WheelMaker("bad").Module("bad", 2));
        var longer = source.Replace(source.Plan(new WheelMaker("long").Module("long", 1)), new WheelMaker("long").Module("long", 1000)) with { Size = null };

        foreach (var wheel in new[] { replaced, longer })
        {
            var refused = await Assert.ThrowsAsync<DiagnosticException>(() => installer.SyncAsync(Pythons.Plan(python, good, wheel), python, folder.File("env"), source, cancellationToken: Token));
            Assert.Equal(EnvironmentCodes.DigestMismatch, refused.Diagnostics[0].Code);
            Assert.Equal(ExitCode.Integrity, refused.ExitCode);
        }

        Assert.False((await installer.SyncAsync(Pythons.Plan(python, good), python, folder.File("env"), source, cancellationToken: Token)).HasChanged);
    }

    [Fact]
    public async Task What_a_killed_run_left_is_tidied_up()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var wheel = source.Plan(new WheelMaker("late").Module("late"));
        var plan = Pythons.Plan(python, wheel);
        var installer = new EnvironmentInstaller(folder.File("cache"));
        var path = folder.File(".venv");
        await installer.SyncAsync(plan, python, path, source, cancellationToken: Token);

        // Killed while the new one was made; killed between the two renames; killed while a wheel was unpacked.
        folder.Write($".venv.{Guid.NewGuid():N}.tmp/lib/half", "half");
        Assert.False((await installer.SyncAsync(plan, python, path, source, cancellationToken: Token)).HasChanged);
        Assert.Equal([".venv", "cache"], Entries(folder.Path));
        Directory.Move(path, path + $".{Guid.NewGuid():N}.old");
        Assert.False((await installer.SyncAsync(plan, python, path, source, cancellationToken: Token)).HasChanged);
        Assert.Equal([".venv", "cache"], Entries(folder.Path));
        await new LayerStore(folder.File("cache")).RemoveAsync(wheel.Sha256, Token);
        folder.Write($"cache/layers/v1/.staging/{wheel.Sha256}/layer/purelib/late/__init__.py", "evil");
        folder.Write($"cache/layers/v1/{wheel.Sha256.ToString()[..2]}/{wheel.Sha256}/purelib/late/__init__.py", "evil");
        await installer.SyncAsync(plan, python, folder.File("fresh"), source, cancellationToken: Token);
        Assert.Equal("42", await Pythons.RunAsync(Executable(folder.File("fresh")), "-c", "import late; print(late.answer())"));
        Assert.Empty(Directory.GetFileSystemEntries(folder.File("cache", "layers", "v1", ".staging")));
    }

    [Fact]
    public async Task Many_syncs_at_once_share_the_store()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var wheels = Enumerable.Range(0, 12).Select(i => source.Plan(new WheelMaker($"shared{i}").Module($"shared{i}", i).File($"shared{i}/data.bin", new byte[100_000]))).ToArray();
        var plan = Pythons.Plan(python, wheels);

        // Two stores as two processes would have, three environments, each wanted twice.
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() =>
            new EnvironmentInstaller(folder.File("cache")).SyncAsync(plan, python, folder.File($"env{i % 3}"), source, cancellationToken: Token))));

        Assert.Equal(12, source.Downloads);
        Assert.Equal(3, results.Count(r => r.HasChanged));
        for (var i = 0; i < 3; i++)
            Assert.Equal("11", await Pythons.RunAsync(Executable(folder.File($"env{i}")), "-c", "import shared11; print(shared11.answer())"));
    }

    [Fact]
    public async Task A_cancelled_sync_leaves_the_old_environment_and_no_debris()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var old = Pythons.Plan(python, source.Plan(new WheelMaker("old").Module("old")));
        var fresh = Pythons.Plan(python, [.. Enumerable.Range(0, 20).Select(i => source.Plan(new WheelMaker($"new{i}").Module($"new{i}")))]);
        var installer = new EnvironmentInstaller(folder.File("cache"));
        await installer.SyncAsync(old, python, folder.File("env"), source, cancellationToken: Token);
        foreach (var phase in new[] { SyncPhase.Fetching, SyncPhase.Linking })
        {
            using var cancel = new CancellationTokenSource();
            var progress = new Stop(phase, cancel);

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installer.SyncAsync(fresh, python, folder.File("env"), source, progress: progress, cancellationToken: cancel.Token));

            Assert.False((await installer.SyncAsync(old, python, folder.File("env"), source, cancellationToken: Token)).HasChanged);
            Assert.Equal(["cache", "env"], Entries(folder.Path));
        }
    }

    [Fact]
    public async Task A_cache_that_may_not_be_written_is_named_with_a_remedy()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var notAFolder = folder.Write("cache/layers", "a file where a folder should be");

        var failed = await Assert.ThrowsAsync<DiagnosticException>(() =>
            new EnvironmentInstaller(folder.File("cache")).SyncAsync(Pythons.Plan(python, source.Plan(new WheelMaker("any").Module("any"))), python, folder.File("env"), source, cancellationToken: Token));

        Assert.StartsWith("PYENV104", failed.Diagnostics[0].Code, StringComparison.Ordinal);
        Assert.Contains(notAFolder, failed.Diagnostics[0].Message, StringComparison.Ordinal);
        Assert.NotNull(failed.Diagnostics[0].Remedy);
        Assert.False(Directory.Exists(folder.File("env")));
    }

    [Fact]
    public async Task A_full_disk_says_so_and_leaves_nothing()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new FullDisk();
        var wheel = new MemorySource().Plan(new WheelMaker("any").Module("any"));

        var failed = await Assert.ThrowsAsync<DiagnosticException>(() =>
            new EnvironmentInstaller(folder.File("cache")).SyncAsync(Pythons.Plan(python, wheel), python, folder.File("env"), source, cancellationToken: Token));

        Assert.Equal(EnvironmentCodes.DiskFull, failed.Diagnostics[0].Code);
        Assert.Equal(["cache"], Entries(folder.Path));
        Assert.Empty(Directory.GetFileSystemEntries(folder.File("cache", "layers", "v1", ".staging")));
    }

    private static string[] Entries(string folder) => [.. Directory.GetFileSystemEntries(folder).Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal)];

    private static string Executable(string environment) => OperatingSystem.IsWindows() ? Path.Combine(environment, "Scripts", "python.exe") : Path.Combine(environment, "bin", "python");

    private static string SitePackages(string environment, Interpreter python) =>
        OperatingSystem.IsWindows() ? Path.Combine(environment, "Lib", "site-packages") : Path.Combine(environment, "lib", $"python3.{python.Minor}", "site-packages");

    private sealed class Stop(SyncPhase phase, CancellationTokenSource cancel) : IProgress<SyncProgress>
    {
        public void Report(SyncProgress value)
        {
            if (value.Phase == phase && value.Done == 3)
                cancel.Cancel();
        }
    }

    private sealed class FullDisk : IWheelSource
    {
        public Task DownloadAsync(PlannedWheel wheel, Stream destination, CancellationToken cancellationToken) =>
            throw new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
    }
}
