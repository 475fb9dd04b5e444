using System.Diagnostics;
using System.Text.Json;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>The same lock on the same target, made by different people in different places.</summary>
public sealed class Reproductions
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Have_equal_layers_whoever_makes_them_where_and_when()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "umasks and users are those of POSIX");
        await using var one = new ToolProject();
        await using var other = new ToolProject();
        one.Offer("demo", modules: 5);
        one.Index.Add(Of(await StandardModulesAsync(one)));
        one.Ask("demo, library", "environment: {bytecode: true, link: hardlink}\n");
        one.Variables["LC_ALL"] = "C";
        one.Variables["TZ"] = "Pacific/Apia";
        one.Variables["DOTNET_PROCESSOR_COUNT"] = "1";
        one.Variables["PYTHONHASHSEED"] = "1";
        one.Launcher = ["sh", "-c", "umask 022; exec \"$@\"", "sh"];
        Assert.Equal(0, (await one.RunAsync("lock")).ExitCode);
        File.Copy(one.At("pylock.toml"), other.At("pylock.toml"));
        other.Ask("demo, library", "environment: {bytecode: true, link: copy, path: 'other place'}\n");
        var cache = other.Beside("another cäche", new string('x', 60));
        other.Variables["VENVBUILD_CACHE"] = cache;
        other.Variables["LC_ALL"] = "C.UTF-8";
        other.Variables["LANGUAGE"] = "tr";
        other.Variables["TZ"] = "America/Los_Angeles";
        other.Variables["DOTNET_PROCESSOR_COUNT"] = "4";
        other.Variables["SOURCE_DATE_EPOCH"] = "1";
        string[] umask = ["sh", "-c", "umask 077; exec \"$@\"", "sh"];
        other.Launcher = HasUserNamespaces() ? [.. umask, "unshare", "--user", "--map-user=1234", "--map-group=1234"] : umask;
        foreach (var minor in await MinorsAsync(one))
        {
            var first = await one.RunAsync("sync", "--frozen", "--json", "--python", minor);
            var second = await other.RunAsync("sync", "--frozen", "--json", "--python", minor);

            Assert.True(first.ExitCode == 0, first.Error);
            Assert.True(second.ExitCode == 0, second.Error);
            Assert.Equal(Key(first), Key(second));
        }

        var (ours, theirs) = (Tree(one.Cache), Tree(cache));
        Assert.Contains(ours, line => line.Contains(".pyc", StringComparison.Ordinal));
        Assert.Equal(ours, theirs);
        Assert.Equal(await DigestsAsync(one.Cache), await DigestsAsync(cache));
        // What links and paths do not touch is equal in the environments, too.
        Assert.Equal(Content(one.At(".venv")), Content(other.At("other place")));
    }

    [Fact]
    public async Task Share_one_environment_when_different_requests_resolve_alike()
    {
        await using var one = new ToolProject();
        await using var other = new ToolProject();
        foreach (var (name, version) in new[] { ("alpha", "1.0"), ("alpha", "1.5"), ("beta", "2.0") })
        {
            one.Offer(name, version);
            other.Offer(name, version);
        }

        one.Ask("alpha, beta", "name: one\n");
        other.Ask("\"beta >= 1 ; python_version > '3'\", \"Alpha ~= 1.0\", beta", "name: other\nenvironment: {path: elsewhere, link: copy}\nresolution: highest\n");
        other.Variables["VENVBUILD_CACHE"] = one.Cache;

        var (first, second) = (await one.RunAsync("sync", "--json"), await other.RunAsync("sync", "--json"));

        Assert.Equal(Key(first), Key(second));
        Assert.NotEqual(await File.ReadAllTextAsync(one.At("pyenv.yaml"), Token), await File.ReadAllTextAsync(other.At("pyenv.yaml"), Token));
        Assert.Equal(2, Directory.GetFiles(one.Beside("cache", "layers"), "layer.json", SearchOption.AllDirectories).Length);
        other.Ask("alpha <= 1.2, beta", "name: other\n");
        Assert.NotEqual(Key(first), Key(await other.RunAsync("sync", "--json")));
    }

    private static string Key(Run run)
    {
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.GetProperty("result").GetProperty("key").GetString()!;
    }

    /// <summary>The oldest and the newest Python of this machine: how constants are written differs between them.</summary>
    private static async Task<IReadOnlyList<string>> MinorsAsync(ToolProject project)
    {
        using var list = JsonDocument.Parse((await project.RunAsync("python", "list", "--json")).Output);
        var versions = list.RootElement.GetProperty("result").EnumerateArray().Select(python => Version.Parse(python.GetProperty("version").GetString()!))
            .Order().Select(version => $"{version.Major}.{version.Minor}").Distinct().ToList();
        return versions.Count > 1 ? [versions[0], versions[^1]] : versions;
    }

    /// <summary>Modules of real size: the standard library's own, with sets, nested functions and shared constants.</summary>
    private static async Task<WheelMaker> StandardModulesAsync(ToolProject project)
    {
        using var list = JsonDocument.Parse((await project.RunAsync("python", "list", "--json")).Output);
        var executable = list.RootElement.GetProperty("result")[0].GetProperty("executable").GetString()!;
        using var python = Process.Start(new ProcessStartInfo(executable, ["-I", "-c", "import os; print(os.path.dirname(os.__file__))"]) { RedirectStandardOutput = true })!;
        var folder = (await python.StandardOutput.ReadToEndAsync(Token)).Trim();
        var maker = new WheelMaker("library").File("library/sets.py", "def f(x):\n    return x in {'a', 'bc', 'def', b'x', 1, 2.5, None, 'zyx', 'klm'}\n").Module("library");
        foreach (var name in new[] { "argparse.py", "ast.py", "dataclasses.py", "enum.py", "inspect.py", "typing.py", "json/decoder.py", "tokenize.py", "textwrap.py" })
        {
            if (File.Exists(Path.Combine(folder, name)))
                maker.File("library/" + name.Replace('/', '_'), await File.ReadAllBytesAsync(Path.Combine(folder, name), Token));
        }

        return maker;
    }

    private static LoopbackFile Of(WheelMaker maker) => new(maker.Name, maker.FileName, maker.ToArray());

    private static bool HasUserNamespaces()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["--user", "--map-user=1234", "true"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Path, mode, time and content of every file of every layer. The time of a layer's list is when it was used.</summary>
    private static List<string> Tree(string cache)
    {
        var lines = new List<string>();
        foreach (var part in new[] { "layers", "bytecode" })
        {
            foreach (var path in Directory.GetFiles(Path.Combine(cache, part), "*", SearchOption.AllDirectories).Where(path => !path.Contains("/.", StringComparison.Ordinal)))
            {
                var info = new FileInfo(path);
                var isList = info.Name == "layer.json";
                lines.Add($"{Path.GetRelativePath(cache, path)} {(isList || OperatingSystem.IsWindows() ? "" : $"{info.UnixFileMode} {info.LastWriteTimeUtc.Ticks}")} {Sha256Digest.Of(File.ReadAllBytes(path))}");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static async Task<List<string>> DigestsAsync(string cache)
    {
        var digests = new List<string>();
        foreach (var folder in Directory.GetFiles(Path.Combine(cache, "layers"), "layer.json", SearchOption.AllDirectories).Select(path => Path.GetFileName(Path.GetDirectoryName(path)!)))
        {
            var layer = new LayerStore(cache).Find(Sha256Digest.Parse(folder))!;
            digests.Add((await new LayerDigests(cache).GetAsync(layer, Token)).Digest.ToString());
        }

        Assert.Equal(2, digests.Count);
        digests.Sort(StringComparer.Ordinal);
        return digests;
    }

    private static List<string> Content(string environment) =>
        [.. Directory.GetFiles(environment, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) is not (".venvbuild.json" or "pyvenv.cfg") && !path.Contains("/bin/python", StringComparison.Ordinal))
            .Select(path => $"{Path.GetRelativePath(environment, path)} {Sha256Digest.Of(File.ReadAllBytes(path))}").Order(StringComparer.Ordinal)];
}
