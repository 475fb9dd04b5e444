using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

public sealed class FindingInterpreters
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_interpreters_of_this_machine_describe_themselves()
    {
        foreach (var interpreter in await Pythons.AllAsync())
        {
            Assert.True(Path.IsPathRooted(interpreter.Executable));
            Assert.True(File.Exists(interpreter.Executable));
            Assert.Equal(3, interpreter.Major);
            Assert.StartsWith($"3.{interpreter.Minor}.", interpreter.Version.ToString(), StringComparison.Ordinal);
            Assert.True(Directory.Exists(interpreter.StandardLibrary));
            Assert.Equal(interpreter.Minor, interpreter.ToTarget().Python.Minor);
        }
    }

    [Fact]
    public async Task The_newest_that_fits_is_taken_and_the_second_look_starts_no_process()
    {
        using var folder = new TestFolder();
        var all = await Pythons.AllAsync();
        var oldest = all.Where(i => !i.IsFreeThreaded).Last();
        var first = new InterpreterFinder(folder.Path);
        Assert.Equal(all[0].Executable, (await first.FindAsync(cancellationToken: Token)).Executable);
        Assert.True(first.Started > 0);

        var second = new InterpreterFinder(folder.Path, Only(all.Select(i => Path.GetDirectoryName(i.Executable)!)));
        var found = await second.FindAsync(VersionSpecifiers.Parse($"==3.{oldest.Minor}.*"), cancellationToken: Token);

        Assert.Equal(oldest.Minor, found.Minor);
        Assert.Equal(0, second.Started);
    }

    [Fact]
    public async Task What_is_no_usable_python_is_passed_over_with_a_remark()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "shell scripts stand in for interpreters");
        using var folder = new TestFolder();
        var real = await Pythons.BestAsync();
        Script(folder, "missing/python3", "echo 'pyenv: python3: command not found' >&2; exit 127");
        Script(folder, "shims/python3", "exit 1");
        Script(folder, "crash/python3", "kill -SEGV $$");
        Script(folder, "hang/python3", "sleep 60");
        Script(folder, "silent/python3", "exit 0");
        Script(folder, "liar/python3", "echo 'venvbuild-interpreter:{}'");
        Script(folder, "old/python3", "echo 'Unknown option: -I' >&2; exit 2");
        folder.Write("store/python3", "");
        Directory.CreateDirectory(folder.File("broken"));
        File.CreateSymbolicLink(folder.File("broken", "python3"), folder.File("nowhere"));
        var remarks = new List<string>();
        var bad = new[] { "missing", "shims", "crash", "hang", "silent", "liar", "old", "store", "broken" };
        var places = Only([.. bad.Select(b => folder.File(b)), Path.GetDirectoryName(real.Executable)!]);
        var finder = new InterpreterFinder(folder.File("cache"), places, TimeSpan.FromSeconds(2));

        var found = await finder.FindAsync(remark: d => remarks.Add($"{d.Code} {d.Severity} {d.Message}"), cancellationToken: Token);

        Assert.Equal(real.Version, found.Version);
        foreach (var name in bad)
            Assert.Single(remarks, r => r.StartsWith("PYENV1503 Verbose", StringComparison.Ordinal) && r.Contains(folder.File(name, "python3"), StringComparison.Ordinal));
        Assert.Contains(remarks, r => r.Contains("command not found", StringComparison.Ordinal));
        Assert.Contains(remarks, r => r.Contains("did not answer within 2 seconds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_none_fits_the_error_lists_what_there_was()
    {
        using var folder = new TestFolder();
        folder.Write("store/python3", "");
        var places = Only([folder.File("store"), Path.GetDirectoryName((await Pythons.BestAsync()).Executable)!]);

        var none = await Assert.ThrowsAsync<DiagnosticException>(() =>
            new InterpreterFinder(folder.File("cache"), places).FindAsync(VersionSpecifiers.Parse(">=3.99"), cancellationToken: Token));

        Assert.Equal("PYENV1501", none.Diagnostics[0].Code);
        Assert.Equal(ExitCode.Unsatisfiable, none.ExitCode);
        Assert.Contains(">=3.99", none.Diagnostics[0].Message, StringComparison.Ordinal);
        Assert.Contains(folder.File("store", "python3"), none.Diagnostics[0].Detail, StringComparison.Ordinal);
        Assert.NotNull(none.Diagnostics[0].Remedy);
    }

    [Fact]
    public async Task One_can_be_asked_for_by_path_by_version_or_by_name()
    {
        using var folder = new TestFolder();
        var best = await Pythons.BestAsync();
        var finder = new InterpreterFinder(folder.Path);

        Assert.Equal(best.Version, (await finder.FindAsync(request: best.Executable, cancellationToken: Token)).Version);
        Assert.Equal(best.Minor, (await finder.FindAsync(request: $"3.{best.Minor}", cancellationToken: Token)).Minor);
        var failed = await Assert.ThrowsAsync<DiagnosticException>(() => finder.FindAsync(request: folder.File("nothing"), cancellationToken: Token));
        Assert.Equal("PYENV1502", failed.Diagnostics[0].Code);
        var unfit = await Assert.ThrowsAsync<DiagnosticException>(() => finder.FindAsync(VersionSpecifiers.Parse("<3"), best.Executable, cancellationToken: Token));
        Assert.Equal("PYENV1502", unfit.Diagnostics[0].Code);
    }

    [Fact]
    public async Task An_environments_python_leads_to_its_base_interpreter()
    {
        using var folder = new TestFolder();
        var best = await Pythons.BestAsync();
        await new EnvironmentInstaller(folder.File("cache")).SyncAsync(Pythons.Plan(best), best, folder.File(".venv"), new MemorySource(), cancellationToken: Token);

        var found = await new InterpreterFinder(folder.File("other")).FindAsync(request: folder.File(".venv"), cancellationToken: Token);

        Assert.Equal(best.Executable, found.Executable);
        var again = new InterpreterFinder(folder.File("other"), Only([]));
        Assert.Equal(best.Executable, (await again.OfEnvironmentAsync(folder.File(".venv"), Token))?.Executable);
        Assert.Equal(0, again.Started);
        Assert.Null(await again.OfEnvironmentAsync(folder.File("nowhere"), Token));
    }

    private static InterpreterPlaces Only(IEnumerable<string> folders) => new() { Path = [.. folders.Distinct(StringComparer.Ordinal)] };

    private static void Script(TestFolder folder, string path, string body)
    {
        var file = folder.Write(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
