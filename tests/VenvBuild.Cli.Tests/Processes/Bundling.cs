using System.Text.Json;
using System.Xml.Linq;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>Environments that leave the machine that made them: <c>pack</c>, <c>unpack</c>, <c>build</c>, and the checks before.</summary>
public sealed class Bundling
{
    [Fact]
    public async Task A_packed_environment_unpacks_where_there_is_no_index_and_no_cache_and_can_be_moved_after()
    {
        await using var project = new ToolProject();
        project.Index.Add(new("tool", "tool-1.0-py3-none-any.whl", new WheelMaker("tool").Module("tool", 7).Script("tool", "tool:main").ToArray()));
        project.Ask("tool", "environment: {bytecode: true}\n");
        var packed = await project.RunAsync("pack", "-o", "reporting.bundle", "--json");
        Assert.True(packed.ExitCode == 0, packed.Error);
        using var answer = JsonDocument.Parse(packed.Output);
        Assert.Equal(project.At("reporting.bundle"), answer.RootElement.GetProperty("result").GetProperty("bundlePath").GetString());
        Assert.False(Directory.Exists(project.At(".venv")), "packing makes no environment");
        var bytes = await File.ReadAllBytesAsync(project.At("reporting.bundle"), TestContext.Current.CancellationToken);

        await using var other = new ToolProject();
        File.Move(project.At("reporting.bundle"), other.At("reporting.bundle"));
        var unpacked = await other.RunAsync("unpack", "reporting.bundle", "--path", ".venv", "--json");
        Assert.True(unpacked.ExitCode == 0, unpacked.Error);
        using var made = JsonDocument.Parse(unpacked.Output);
        Assert.Equal(answer.RootElement.GetProperty("result").GetProperty("key").GetString(), made.RootElement.GetProperty("result").GetProperty("key").GetString());
        Assert.Equal("7", await other.PythonAsync("import tool; print(tool.answer())"));
        var again = await other.RunAsync("unpack", "reporting.bundle", "--path", ".venv");
        Assert.Contains("up to date", again.Output, StringComparison.Ordinal);
        Directory.CreateDirectory(other.At("a folder"));
        Directory.Move(other.At(".venv"), other.At("a folder", "env"));
        Assert.Equal("7", await OutputAsync(OperatingSystem.IsWindows() ? other.At("a folder", "env", "Scripts", "tool.exe") : other.At("a folder", "env", "bin", "tool")));

        // Packed again, on a machine with another cache and path, it is the same file.
        project.Variables["VENVBUILD_CACHE"] = project.Beside("other cache");
        Assert.Equal(0, (await project.RunAsync("pack", "-o", "again.bundle")).ExitCode);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(project.At("again.bundle"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_bundle_with_its_interpreter_unpacks_where_there_is_no_Python()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pythons are hidden in the way of POSIX");
        await using var project = new ToolProject();
        project.Index.Add(new("tool", "tool-1.0-py3-none-any.whl", new WheelMaker("tool").Module("tool", 7).Script("tool", "tool:main").ToArray()));
        project.Ask("tool");
        var packed = await project.RunAsync("pack", "--with-python", "-o", "whole.bundle");
        // What a Python that was built here needs of the machine, besides what every Linux has, is said before somebody meets it there.
        Assert.All(packed.Error.Split('\n').Where(line => line.Contains("warning", StringComparison.Ordinal)), line => Assert.Contains("PYENV1662: python ", line, StringComparison.Ordinal));
        // Where only the system's own Python is, what stands in the way is said and nothing is written.
        if (packed.ExitCode != 0)
        {
            Assert.Equal(2, packed.ExitCode);
            Assert.Contains("PYENV1654", packed.Error, StringComparison.Ordinal);
            Assert.Equal(["pyenv.yaml", "pylock.toml"], Names(project.Folder));
            return;
        }

        await using var bare = new ToolProject();
        bare.Variables["PATH"] = "/nonexistent";
        bare.Variables["HOME"] = bare.Beside("home");
        bare.Variables["PYENV_ROOT"] = null;
        using var list = JsonDocument.Parse((await bare.RunAsync("python", "list", "--json")).Output);
        Assert.Equal(0, list.RootElement.GetProperty("result").GetArrayLength());
        var unpacked = await bare.RunAsync("unpack", project.At("whole.bundle"), "--path", ".venv");

        Assert.True(unpacked.ExitCode == 0, unpacked.Error);
        Assert.Equal("7", await OutputAsync(bare.At(".venv", "bin", "tool")));
        Assert.StartsWith(bare.Cache, await bare.PythonAsync("import sys; print(sys.base_prefix)"), StringComparison.Ordinal);
        Directory.Move(bare.At(".venv"), bare.At("moved"));
        Assert.Equal("7", await OutputAsync(bare.At("moved", "bin", "tool")));
    }

    [Fact]
    public async Task What_is_no_whole_bundle_is_refused_and_leaves_nothing()
    {
        await using var project = new ToolProject();
        var before = await project.PrepareAsync();
        Assert.Equal(0, (await project.RunAsync("pack", "-o", project.Beside("good.bundle"))).ExitCode);
        var bytes = await File.ReadAllBytesAsync(project.Beside("good.bundle"), TestContext.Current.CancellationToken);
        bytes[bytes.Length * 2 / 3] ^= 1;
        await File.WriteAllBytesAsync(project.Beside("bad.bundle"), bytes, TestContext.Current.CancellationToken);
        project.Variables["VENVBUILD_CACHE"] = project.Beside("empty cache");

        foreach (var (file, code) in new[] { ("bad.bundle", 4), ("none.bundle", 2) })
        {
            var run = await project.RunAsync("unpack", project.Beside(file), "--path", "fresh");
            Assert.True(run.ExitCode == code, run.Error);
            Assert.Contains("error PYENV165", run.Error, StringComparison.Ordinal);
            Assert.Equal(before, FolderContent.Of(project.Folder));
        }
    }

    [Fact]
    public async Task A_matrix_builds_what_can_be_built_and_says_of_the_rest_why_not()
    {
        await using var project = new ToolProject();
        foreach (var tag in new[] { "win_amd64", "macosx_11_0_arm64", "manylinux_2_17_x86_64" })
        {
            var wheel = new WheelMaker("native", tag: $"py3-none-{tag}").Module("native").Script("native", "native:main");
            project.Index.Add(new("native", wheel.FileName, wheel.ToArray()));
        }

        project.Ask("native", "name: shop\npython: \">=3.11,<3.13\"\nplatforms: [linux-x64, win-x64, osx-arm64]\n");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        project.Index.Lose("/files/native-1.0-py3-none-macosx_11_0_arm64.whl");
        var run = await project.RunAsync("build", "--matrix", "-o", "out", "--junit", "build.xml");

        Assert.Equal(4, run.ExitCode);
        Assert.Equal(7, run.Output.TrimEnd().Split('\n').Length);
        Assert.Equal(["shop-linux-x64-cp311.bundle", "shop-linux-x64-cp312.bundle", "shop-win-x64-cp311.bundle", "shop-win-x64-cp312.bundle"], Names(project.At("out")));
        var report = XDocument.Load(project.At("build.xml")).Root!;
        Assert.Equal(("6", "2"), (report.Attribute("tests")!.Value, report.Attribute("failures")!.Value));
        Assert.All(report.Descendants("failure"), failure => Assert.Contains("native", failure.Attribute("message")!.Value, StringComparison.Ordinal));
        using var again = JsonDocument.Parse((await project.RunAsync("build", "--matrix", "-o", "out", "--json")).Output);
        Assert.Equal(["cached", "cached", "cached", "cached", "failed", "failed"], again.RootElement.GetProperty("result").EnumerateArray().Select(cell => cell.GetProperty("state").GetString()));
        var unknown = await project.RunAsync("build", "--platform", "linux-arm64", "-o", "x.bundle");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("win-x64 3.12", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_fails_stops_everything_before_anybody_sees_it()
    {
        await using var project = new ToolProject();
        var before = await project.PrepareAsync();
        project.Offer("second");
        project.Ask("demo, second", "checks:\n  - \"python -c 'import demo, second'\"\n  - \"python -c \\\"print('it was', 'here'); raise SystemExit(3)\\\"\"\n");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);

        foreach (var verb in (string[][])[["sync"], ["pack", "-o", "x.bundle"], ["build", "-o", "x.bundle"], ["build", "-o", "x"]])
        {
            var run = await project.RunAsync(verb);
            Assert.True(run.ExitCode == 5, run.Error);
            Assert.Contains("it was here", run.Error, StringComparison.Ordinal);
            Assert.Contains("PYENV1660", run.Error, StringComparison.Ordinal);
            Assert.Equal([".venv", "pyenv.yaml", "pylock.toml"], Names(project.Folder));
        }

        Assert.Equal("", await project.PythonAsync("import demo"));
        Assert.Contains("No module", await project.PythonAsync("import second"), StringComparison.Ordinal);
        project.Ask("demo, second", "checks: [\"python -c 'import demo, second'\"]\n");
        Assert.Equal(0, (await project.RunAsync("sync")).ExitCode);
        Assert.Equal("", await project.PythonAsync("import second"));
        Assert.NotEqual(before, FolderContent.Of(project.Folder));
    }

    private static string[] Names(string folder) => [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static async Task<string> OutputAsync(string command)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(command) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return (await ToolProject.FinishAsync(process)).Output.Trim();
    }
}
