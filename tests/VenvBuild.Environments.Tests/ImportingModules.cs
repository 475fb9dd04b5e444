using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary><c>checks: [imports]</c>: every top-level module is imported before anybody sees the environment.</summary>
public sealed class ImportingModules
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_top_level_module_is_imported_and_those_that_fail_are_named_with_their_distribution()
    {
        using var folder = new TestFolder();
        var source = new MemorySource();
        var good = new WheelMaker("good").Module("good").File("good_one.py", "").File("shared_ns/good/__init__.py", "").File("good/broken_inside.py", "raise RuntimeError").File("tests/__init__.py", "raise RuntimeError")
            .File("good-not-a-module.py", "raise RuntimeError").File("_data/text.txt", "");
        await SyncAsync(folder, source, good);
        Assert.DoesNotContain(Directory.GetDirectories(folder.File("env"), "__pycache__", SearchOption.AllDirectories), path => Directory.EnumerateFileSystemEntries(path).Any());
        Directory.Delete(folder.File("env"), recursive: true);

        var bad = new WheelMaker("bad").File("bad_import.py", "import nothing_of_that_name").File("bad_exit.py", "import os; os._exit(7)").File("bad_leave.py", "raise SystemExit(0)").File("shared_ns/bad.py", "1/0");
        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => SyncAsync(folder, source, good, bad));

        Assert.Equal((ExitCode.BuildFailed, EnvironmentCodes.CheckFailed), (refused.ExitCode, refused.Diagnostics[0].Code));
        Assert.Equal(
            [
                "3 of 7 modules can be imported",
                "bad_exit (bad 1.0): importing it ended the process with 7",
                "bad_import (bad 1.0): ModuleNotFoundError: No module named 'nothing_of_that_name'",
                "bad_leave (bad 1.0): SystemExit: 0",
                "shared_ns.bad (bad 1.0): ZeroDivisionError: division by zero",
            ],
            refused.Diagnostics[0].Detail!.Split('\n').Select(line => line.Trim()).Order(StringComparer.Ordinal));
        Assert.False(Directory.Exists(folder.File("env")));
        await SyncAsync(folder, source, "imports except bad_import, bad_exit bad_leave shared_ns.bad", good, bad);
    }

    private static Task SyncAsync(TestFolder folder, MemorySource source, params WheelMaker[] wheels) => SyncAsync(folder, source, EnvironmentCheck.Imports, wheels);

    private static async Task SyncAsync(TestFolder folder, MemorySource source, string check, params WheelMaker[] wheels)
    {
        var python = await Pythons.BestAsync();
        await new EnvironmentInstaller(folder.File("cache")).SyncAsync(
            Pythons.Plan(python, [.. wheels.Select(source.Plan)]), python, folder.File("env"), source, new() { Checks = EnvironmentCheck.Of([check]) }, cancellationToken: Token);
    }
}
