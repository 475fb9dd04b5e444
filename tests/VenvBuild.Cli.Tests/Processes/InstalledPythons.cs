using System.Text.Json;

namespace VenvBuild.Cli.Tests;

/// <summary>Interpreters that the tool downloads, from a stand-in for the mirror.</summary>
public sealed class InstalledPythons
{
    [Fact]
    public async Task Serve_environments_are_listed_and_stay_while_one_uses_them()
    {
        await using var project = new ToolProject();
        var mirror = await StandInMirror.MakeAsync(project);
        mirror.Serve(project);
        project.Offer("demo");
        project.Ask("demo", "python-source: managed\n");

        var available = await project.RunAsync("python", "list", "--available");
        var installed = await project.RunAsync("python", "install", mirror.Minor);
        var synced = await project.RunAsync("sync");

        Assert.Contains($"{mirror.Version}", available.Output, StringComparison.Ordinal);
        Assert.Contains("(available)", available.Output, StringComparison.Ordinal);
        Assert.True(installed.ExitCode == 0, installed.Error);
        Assert.True(synced.ExitCode == 0, synced.Error);
        Assert.Equal($"{mirror.Version} {project.Cache} 42", await project.PythonAsync(
            $"import demo, platform, sys; print(platform.python_version(), sys.base_prefix[:{project.Cache.Length}], demo.answer())"));
        using var list = JsonDocument.Parse((await project.RunAsync("python", "list", "--json")).Output);
        var managed = Assert.Single(list.RootElement.GetProperty("result").EnumerateArray(), python => python.GetProperty("isManaged").GetBoolean());
        Assert.Equal(mirror.Version, managed.GetProperty("version").GetString());
        Assert.DoesNotContain("(available)", (await project.RunAsync("python", "list", "--available")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await project.RunAsync("cache", "verify")).ExitCode);
        Assert.Equal(0, (await project.RunAsync("cache", "prune", "--max-size", "0")).ExitCode);
        Assert.Equal("42", await project.PythonAsync("import demo; print(demo.answer())"));
        var module = Directory.GetFiles(Path.Combine(project.Cache, "pythons"), "textwrap.py", SearchOption.AllDirectories).Single();
        File.Delete(module);
        await File.WriteAllTextAsync(module, "evil", TestContext.Current.CancellationToken);
        var damaged = await project.RunAsync("cache", "verify");
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains(module, damaged.Error, StringComparison.Ordinal);
        Directory.Delete(project.At(".venv"), recursive: true);
        Assert.Equal(0, (await project.RunAsync("cache", "prune", "--max-size", "0")).ExitCode);
        Assert.False(File.Exists(module));
    }

    [Fact]
    public async Task Are_fetched_by_sync_where_no_other_fits_and_the_manifest_allows()
    {
        await using var project = new ToolProject();
        var mirror = await StandInMirror.MakeAsync(project);
        mirror.Serve(project);
        project.Offer("demo");
        project.Variables["PATH"] = project.Beside("nothing");
        foreach (var name in new[] { "HOME", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR", "XDG_DATA_HOME" })
            project.Variables[name] = project.Beside("nothing");
        project.Ask("demo", "python-source: system\n");
        Assert.Equal(3, (await project.RunAsync("sync")).ExitCode);
        project.Ask("demo");
        Assert.Equal(3, (await project.RunAsync("sync", "--offline")).ExitCode);
        var other = await project.RunAsync("sync", "--python", "3.4");
        Assert.Equal(3, other.ExitCode);
        Assert.Contains($"It has {mirror.Version}", other.Error, StringComparison.Ordinal);

        var run = await project.RunAsync("sync");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("42", await project.PythonAsync("import demo; print(demo.answer())"));
        Assert.Single(project.Index.Requests, request => request.Path.EndsWith(".tar.gz", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Are_refused_when_they_are_not_what_the_release_or_the_pin_promises()
    {
        await using var project = new ToolProject();
        var mirror = await StandInMirror.MakeAsync(project);
        var address = new Uri(project.Index.Root, $"pythons/{StandInMirror.Release}").AbsoluteUri;
        mirror.Serve(project, [.. mirror.Archive[..^1], (byte)(mirror.Archive[^1] ^ 1)]);
        Assert.Equal(4, (await project.RunAsync("python", "install", mirror.Minor)).ExitCode);
        mirror.Serve(project);
        project.Variables["VENVBUILD_PYTHON_MIRROR"] = $"{address}#sha256={new string('0', 64)}";
        Assert.Equal(4, (await project.RunAsync("python", "install", mirror.Minor)).ExitCode);
        project.Variables["VENVBUILD_PYTHON_MIRROR"] = $"{address}#sha256=short";
        Assert.Equal(2, (await project.RunAsync("python", "install", mirror.Minor)).ExitCode);
        Assert.False(Directory.Exists(Path.Combine(project.Cache, "pythons", "v1", mirror.Name[..^".tar.gz".Length])));

        project.Variables["VENVBUILD_PYTHON_MIRROR"] = $"{address}#sha256={mirror.SumsDigest}";
        var pinned = await project.RunAsync("python", "install", mirror.Version);

        Assert.True(pinned.ExitCode == 0, pinned.Error);
        Assert.Contains(project.Cache, pinned.Output, StringComparison.Ordinal);
    }
}
