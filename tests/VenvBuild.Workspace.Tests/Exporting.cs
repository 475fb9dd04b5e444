using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary><c>export</c> as requirements and as locks for less than all.</summary>
public sealed class Exporting
{
    private static LockWorld World() => new LockWorld()
        .Add("app", "1.0", "lib", "color; sys_platform == 'win32'")
        .Add(new WheelMaker("lib", "2.0", "cp311-cp311-manylinux_2_28_x86_64"), "old; python_version < '3.12'")
        .Add(new WheelMaker("lib", "2.0", "cp312-cp312-manylinux_2_28_x86_64"), "old; python_version < '3.12'")
        .Add(new WheelMaker("lib", "2.0", "cp311-cp311-win_amd64"), "old; python_version < '3.12'")
        .Add(new WheelMaker("lib", "2.0", "cp312-cp312-win_amd64"), "old; python_version < '3.12'")
        .Add("color", "1.0").Add("old", "1.0").Add("tool", "3.0", "color")
        .Manifest("requirements: [app]\ngroups: {dev: [tool]}\nplatforms: [linux-x64, win-x64]\npython: '>=3.11,<3.13'\n");

    [Fact]
    public async Task Requirements_hold_every_digest_and_the_marker_of_each_pin()
    {
        await using var world = World();
        await world.LockAsync();
        var lines = Lines(await ExportAsync(world, new() { Format = ExportFormat.Requirements }));
        Assert.Equal(
            ["app==1.0", "color==1.0 ; sys_platform == \"win32\"", "lib==2.0", "old==1.0 ; python_version < \"3.12\""],
            lines.Where(line => line.Contains("==", StringComparison.Ordinal) && !line.StartsWith('#')).Select(line => line.TrimEnd(' ', '\\')));
        Assert.Equal([$"--index-url {world.Index.Simple.AbsoluteUri.TrimEnd('/')}"], lines.Where(line => line.StartsWith("--", StringComparison.Ordinal)));
        var digests = (await LockReader.LoadAsync(world.LockPath, LockWorld.Stop)).Document.Packages.Where(package => package.Name.Value != "tool")
            .SelectMany(package => package.Wheels).Select(wheel => $"    --hash=sha256:{wheel.Hashes.Sha256}");
        Assert.Equal(digests.Order(), lines.Where(line => line.Contains("--hash", StringComparison.Ordinal)).Select(line => line.TrimEnd(' ', '\\')).Order());
        Assert.DoesNotContain("--hash", await ExportAsync(world, new() { Format = ExportFormat.Requirements, WithoutHashes = true }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux-x64", "3.11", "", "app 1, lib 1, old 1")]
    [InlineData("linux-x64", "3.12", "", "app 1, lib 1")]
    [InlineData("win-x64", "3.12", "dev", "app 1, color 1, lib 1, tool 1")]
    [InlineData("linux-x64", "3.12", "dev", "app 1, color 1, lib 1, tool 1")]
    public async Task Requirements_for_one_target_are_what_it_installs(string platform, string python, string group, string expected)
    {
        await using var world = World();
        await world.LockAsync();
        var text = await ExportAsync(world, new() { Format = ExportFormat.Requirements, Platform = platform, Python = python, Groups = group.Length == 0 ? [] : [group] });
        var pins = string.Join("\n", Lines(text).Where(line => !line.StartsWith('#') && !line.StartsWith("--", StringComparison.Ordinal))).Replace("\\\n", "", StringComparison.Ordinal).Split('\n');
        Assert.Equal(expected, string.Join(", ", pins.Select(pin => $"{pin.Split("==")[0]} {pin.Split("--hash=").Length - 1}")));
        Assert.DoesNotContain(" ; ", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "")]
    [InlineData(null, null, "dev")]
    [InlineData("win-x64", null, "dev")]
    [InlineData("linux-x64", "3.11", "")]
    public async Task A_lock_for_less_installs_there_what_the_whole_one_does(string? platform, string? python, string group)
    {
        await using var world = World();
        await world.LockAsync();
        var whole = (await LockReader.LoadAsync(world.LockPath, LockWorld.Stop)).Document;
        string[] groups = group.Length == 0 ? [] : [group];
        var path = world.Path("out", "pylock.part.toml");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await ExportVerb.RunAsync(world.Context, new() { Format = ExportFormat.Pylock, Platform = platform, Python = python, Groups = groups, Output = path }, LockWorld.Stop);
        var reading = await LockReader.LoadAsync(path, LockWorld.Stop);
        Assert.Empty(reading.Warnings);
        Assert.Null(reading.Document.Provenance);
        Assert.Null(reading.Document.DependencyGroups);
        var served = 0;
        foreach (var rid in (string[])["linux-x64", "win-x64"])
        {
            foreach (var minor in (string[])["3.11", "3.12"])
            {
                var target = new Target(Platform.Parse(rid), PythonMinor.Parse(minor));
                var environment = target.ToMarkerEnvironment(PackageVersion.Parse(minor + ".4"));
                if ((platform ?? rid) != rid || (python ?? (platform is null ? minor : "3.12")) != minor)
                {
                    Assert.Throws<DiagnosticException>(() => LockSelection.Select(reading.Document, environment, target.Tags));
                    continue;
                }

                served++;
                var all = LockSelection.Select(whole, environment, target.Tags, groups: [.. groups.Select(ExtraName.Parse)]);
                var part = LockSelection.Select(reading.Document, environment, target.Tags);
                Assert.Equal(all.Select(pin => (pin.Package.Name, pin.File!.Name)), part.Select(pin => (pin.Package.Name, pin.File!.Name)));
            }
        }

        Assert.Equal((platform is null ? 2 : 1) * (python is null && platform is null ? 2 : 1), served);
        var names = reading.Document.Packages.Select(package => package.Name).ToHashSet();
        Assert.All(reading.Document.Packages.SelectMany(package => package.Dependencies ?? []), reference => Assert.Contains(reference.Name, names));
    }

    [Fact]
    public async Task Paths_of_wheels_on_this_machine_lead_there_from_where_the_export_is()
    {
        await using var world = new LockWorld();
        new WheelMaker("local").Save(world.Path("wheels"));
        world.Manifest("requirements: [local]\nfind-links: [./wheels]\n");
        await world.LockAsync();
        Directory.CreateDirectory(world.Path("out"));
        await ExportVerb.RunAsync(world.Context, new() { Format = ExportFormat.Requirements, Output = world.Path("out", "requirements.txt") }, LockWorld.Stop);
        Assert.Contains("--find-links ../wheels\n", await File.ReadAllTextAsync(world.Path("out", "requirements.txt"), LockWorld.Stop), StringComparison.Ordinal);
        await ExportVerb.RunAsync(world.Context, new() { Format = ExportFormat.Pylock, Output = world.Path("out", "pylock.toml") }, LockWorld.Stop);
        var wheel = Assert.Single(Assert.Single((await LockReader.LoadAsync(world.Path("out", "pylock.toml"), LockWorld.Stop)).Document.Packages).Wheels);
        Assert.Equal("../wheels/local-1.0-py3-none-any.whl", wheel.Path);
    }

    [Theory]
    [InlineData(ExportFormat.Pylock, "pylock.toml")]
    [InlineData(ExportFormat.Pylock, "pyenv.yaml")]
    [InlineData(ExportFormat.Pylock, "lock.toml")]
    [InlineData(ExportFormat.Requirements, "pylock.toml")]
    public async Task The_manifest_and_its_lock_are_not_written_over_nor_a_lock_under_a_name_that_is_none(ExportFormat format, string output)
    {
        await using var world = World();
        await world.LockAsync();
        var before = world.Lock;
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => ExportVerb.RunAsync(world.Context, new() { Format = format, Output = output }, LockWorld.Stop));
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
        Assert.Equal(before, world.Lock);
    }

    [Theory]
    [InlineData("osx-arm64", null, null)]
    [InlineData(null, "3.14", null)]
    [InlineData(null, null, "docs")]
    public async Task What_the_lock_does_not_serve_is_refused_with_what_it_does(string? platform, string? python, string? group)
    {
        await using var world = World();
        await world.LockAsync();
        var options = new ExportOptions { Format = ExportFormat.Requirements, Platform = platform, Python = python, Groups = group is null ? [] : [group] };
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => ExportVerb.RunAsync(world.Context, options, LockWorld.Stop));
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
        Assert.Contains(group is null ? "linux-x64 3.11" : "dev", refusal.Diagnostics[0].Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_without_a_manifest_is_exported_for_any_target_that_it_serves()
    {
        await using var world = World();
        await world.LockAsync();
        File.Delete(world.Path("pyenv.yaml"));
        var text = await ExportAsync(world, new() { Format = ExportFormat.Requirements, Platform = "win-x64", Python = "3.11" });
        Assert.StartsWith("# For win-x64, Python 3.11", text, StringComparison.Ordinal);
        Assert.Contains("color==1.0 \\\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Reports, report => report.Severity != DiagnosticSeverity.Verbose);
        await Assert.ThrowsAsync<DiagnosticException>(() => ExportAsync(world, new() { Format = ExportFormat.Requirements, Platform = "osx-arm64", Python = "3.11" }));
        await Assert.ThrowsAsync<DiagnosticException>(() => ExportAsync(world, new() { Format = ExportFormat.Requirements, Platform = "amiga" }));
    }

    [Fact]
    public async Task What_is_asked_for_by_address_is_written_with_it_and_a_folder_with_a_warning()
    {
        await using var world = new LockWorld();
        var wheel = world.Index.Add(LockWorld.FileOf(new WheelMaker("direct")));
        world.Write("project/pyproject.toml", "[project]\nname = \"folder\"\nversion = \"1.0\"\n");
        world.Manifest($"requirements: [\"direct @ {new Uri(world.Index.Root, wheel.Path.TrimStart('/'))}\", \"folder @ ./project\"]\n");
        await world.LockAsync();
        var text = await ExportAsync(world, new() { Format = ExportFormat.Requirements });
        Assert.Contains($"direct @ {new Uri(world.Index.Root, wheel.Path.TrimStart('/'))} \\\n    --hash=sha256:", text, StringComparison.Ordinal);
        Assert.EndsWith("\n./project\n", text, StringComparison.Ordinal);
        Assert.Single(world.Reports, report => report is { Code: "PYENV1020", Severity: DiagnosticSeverity.Warning });
    }

    [Fact]
    public async Task A_stale_lock_is_exported_with_a_warning_and_a_missing_one_is_not()
    {
        await using var world = World();
        await Assert.ThrowsAsync<DiagnosticException>(() => ExportAsync(world, new() { Format = ExportFormat.Requirements }));
        await world.LockAsync();
        world.Manifest("requirements: [app, tool]\nplatforms: [linux-x64, win-x64]\npython: '>=3.11,<3.13'\n");
        Assert.Contains("app==1.0", await ExportAsync(world, new() { Format = ExportFormat.Requirements }), StringComparison.Ordinal);
        Assert.Contains(world.Reports, report => report is { Code: "PYENV1250", Severity: DiagnosticSeverity.Warning });
    }

    private static async Task<string> ExportAsync(LockWorld world, ExportOptions options) =>
        (await ExportVerb.RunAsync(world.Context, options, LockWorld.Stop)).Content!;

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');
}
