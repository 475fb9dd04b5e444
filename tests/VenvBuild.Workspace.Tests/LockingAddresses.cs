using System.Security.Cryptography;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

public sealed class LockingAddresses
{
    [Fact]
    public async Task A_wheel_in_a_folder_is_locked_by_its_path_and_digest()
    {
        await using var world = new LockWorld();
        var path = new WheelMaker("lib", "2.0").Requires("dep").Save(world.Path("my wheels"));
        world.Add("dep", "1.0").Manifest("requirements: [lib @ ./my%20wheels/lib-2.0-py3-none-any.whl]");
        Assert.Equal(["dep 1.0", "lib 2.0"], await world.PinsAsync());
        var pin = (await LockReader.LoadAsync(world.LockPath, LockWorld.Stop)).Document.Packages[1];
        Assert.Equal("my wheels/lib-2.0-py3-none-any.whl", pin.Archive!.Path);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, LockWorld.Stop))), pin.Archive.Hashes.Sha256);
        Assert.Null(pin.Index);
        Assert.Equal("dep", Assert.Single(pin.Dependencies!).Name.Value);
        Assert.DoesNotContain("/simple/lib/", world.Index.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task A_wheel_on_the_web_is_locked_with_its_digest_and_fetched_again_only_when_it_changed()
    {
        await using var world = new LockWorld();
        var wheel = world.Index.Add(LockWorld.FileOf(new WheelMaker("lib", "2.0"), "dep"));
        var url = new Uri(world.Index.Root, wheel.Path.TrimStart('/'));
        world.Add("dep", "1.0").Manifest($"requirements: [\"lib @ {url}\"]");
        Assert.Equal(["dep 1.0", "lib 2.0"], await world.PinsAsync());
        var pin = (await LockReader.LoadAsync(world.LockPath, LockWorld.Stop)).Document.Packages[1];
        Assert.Equal((url, wheel.Sha256, (long?)wheel.Content.Length), (pin.Archive!.Url, pin.Archive.Hashes.Sha256, pin.Archive.Size));

        await world.PinsAsync(new() { Upgrade = true });
        Assert.Contains(world.Index.Requests, request => request.Path == wheel.Path && request.Header("If-None-Match") is not null);
    }

    [Fact]
    public async Task Credentials_in_an_address_open_it_and_are_written_nowhere()
    {
        await using var world = new LockWorld();
        var wheel = world.Index.Add(LockWorld.FileOf(new WheelMaker("lib", "2.0")));
        world.Index.Authorization = "me:secret";
        world.Manifest($"requirements: [\"lib @ http://me:secret@127.0.0.1:{world.Index.Root.Port}{wheel.Path}\"]");
        Assert.Equal(["lib 2.0"], await world.PinsAsync());
        Assert.DoesNotContain("secret", world.Lock, StringComparison.Ordinal);
        world.Manifest($"requirements: [\"lib @ http://me:secret@127.0.0.1:{world.Index.Root.Port}{wheel.Path}\", \"lib>=3\"]");
        Assert.DoesNotContain("secret", (await world.RefusalAsync()).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locks_of_addresses_are_proven_also_without_a_network()
    {
        await using var world = new LockWorld();
        new WheelMaker("local", "1.0").Requires("dep").Save(world.Path("wheels"));
        var wheel = world.Index.Add(LockWorld.FileOf(new WheelMaker("remote", "2.0"), "dep"));
        world.Write("lib/pyproject.toml", "[project]\nname = 'lib'\nversion = '1.0'\ndependencies = ['dep']\n");
        world.Add("dep", "1.0").Manifest(
            $"""
            requirements:
              - local @ ./wheels/local-1.0-py3-none-any.whl
              - lib @ ./lib
              - remote @ {new Uri(world.Index.Root, wheel.Path.TrimStart('/'))}
            """);
        Assert.Equal(["dep 1.0", "lib ", "local 1.0", "remote 2.0"], await world.PinsAsync());
        foreach (var context in new[] { world.Context, world.Context with { IsOffline = true } })
        {
            var outcome = await VerifyVerb.RunAsync(context, new(), LockWorld.Stop);
            Assert.Empty(outcome.Findings.Select(finding => finding.Message));
            Assert.True(outcome.IsProven);
        }

        Assert.True((await VerifyVerb.RunAsync(world.Context, new() { Online = true }, LockWorld.Stop)).IsProven);
    }

    [Theory]
    [InlineData("")]
    [InlineData("egg=lib&")]
    public async Task A_digest_in_an_address_is_what_is_locked_without_a_download(string before)
    {
        await using var world = new LockWorld();
        var wheel = world.Index.Add(LockWorld.FileOf(new WheelMaker("lib", "2.0")));
        var url = new Uri(world.Index.Root, wheel.Path.TrimStart('/'));
        world.Manifest($"requirements: [\"lib @ {url}#{before}sha256={wheel.Sha256}\"]");
        Assert.Equal(["lib 2.0"], await world.PinsAsync());
        Assert.Contains($"url = \"{url}\"", world.Lock, StringComparison.Ordinal);
        Assert.Contains(wheel.Sha256!, world.Lock, StringComparison.Ordinal);
        Assert.All(world.Index.Requests, request => Assert.NotNull(request.Header("Range")));
    }

    [Fact]
    public async Task A_project_folder_is_locked_by_its_path_with_what_its_pyproject_says()
    {
        await using var world = new LockWorld();
        world.Write(
            "lib/pyproject.toml",
            """
            [project]
            name = "Lib"
            version = "2.0"
            requires-python = ">=3.9"
            dependencies = ["dep>=1 ; sys_platform == 'linux'", "other ; sys_platform == 'win32'"]
            dynamic = ["readme"]
            [project.optional-dependencies]
            fast = ["speed ; python_version >= '3.10'"]
            """);
        world.Add("dep", "1.0").Add("speed", "3.0").Manifest("requirements: [\"lib[fast] @ ./lib\"]");
        Assert.Equal(["dep 1.0", "lib ", "speed 3.0"], await world.PinsAsync());
        Assert.Contains("directory = {path = \"lib\"}", world.Lock, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_asked_for_by_its_address_says_so_where_it_is_installed()
    {
        await using var world = new LockWorld();
        var wheel = new WheelMaker("near");
        wheel.Save(world.Path("wheels"));
        var remote = world.Index.Add(LockWorld.FileOf(new WheelMaker("far")));
        world.Add("plain", "1.0").Manifest($"requirements: [near @ ./wheels/near-1.0-py3-none-any.whl, plain, \"far @ http://me:secret@127.0.0.1:{world.Index.Root.Port}{remote.Path}\"]\npython: \">=3.9\"\nplatforms: [{Platform.OfThisProcess()}]");
        await world.LockAsync();
        var outcome = await SyncVerb.RunAsync(world.Context, new(), LockWorld.Stop);
        Assert.False(outcome.IsUnchanged);
        string[] written = [.. Directory.GetFiles(outcome.SitePackages, "direct_url.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.Equal(["far-1.0.dist-info", "near-1.0.dist-info"], written.Select(path => Path.GetFileName(Path.GetDirectoryName(path)!)));
        var far = System.Text.Json.JsonDocument.Parse(await File.ReadAllBytesAsync(written[0], LockWorld.Stop)).RootElement;
        Assert.Equal(new Uri(world.Index.Root, remote.Path).AbsoluteUri, far.GetProperty("url").GetString());
        var near = await File.ReadAllTextAsync(written[1], LockWorld.Stop);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(wheel.ToArray()));
        var address = new Uri(world.Path("wheels", "near-1.0-py3-none-any.whl")).AbsoluteUri;
        Assert.Equal("{\"archive_info\":{\"hash\":\"sha256=" + digest + "\",\"hashes\":{\"sha256\":\"" + digest + "\"}},\"url\":\"" + address + "\"}", near);
        Assert.Contains("near-1.0.dist-info/direct_url.json,sha256=", await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(written[1])!, "RECORD"), LockWorld.Stop), StringComparison.Ordinal);
        Assert.True((await SyncVerb.RunAsync(world.Context, new(), LockWorld.Stop)).IsUnchanged);
        var cache = Environment.GetEnvironmentVariable("VENVBUILD_CACHE")!;
        Assert.Empty(Environments.EnvironmentVerification.Run(outcome.EnvironmentPath, cache, LockWorld.Stop).Findings);
        await File.WriteAllTextAsync(written[0], "{}", LockWorld.Stop);
        Assert.NotEmpty(Environments.EnvironmentVerification.Run(outcome.EnvironmentPath, cache, LockWorld.Stop).Findings);
    }

    [Fact]
    public async Task A_project_folder_that_asks_for_something_else_makes_the_lock_stale()
    {
        await using var world = new LockWorld();
        const string Begin = "[project]\nname = 'lib'\nversion = '1'\n";
        world.Write("lib/pyproject.toml", Begin + "dependencies = ['dep']\n");
        world.Add("dep", "1.0").Add("other", "1.0").Manifest("requirements: [lib @ ./lib]");
        Assert.Equal(["dep 1.0", "lib "], await world.PinsAsync());
        Assert.Equal(LockState.UpToDate, (await world.LockAsync(new() { CheckOnly = true })).State);
        Assert.True((await VerifyVerb.RunAsync(world.Context, new(), LockWorld.Stop)).IsProven);

        // What a lock does not depend on may change.
        world.Write("lib/pyproject.toml", "# A comment.\n" + Begin + "description = 'new'\ndependencies = [ 'dep' ]\n");
        Assert.Equal(LockState.UpToDate, (await world.LockAsync(new() { CheckOnly = true })).State);

        world.Write("lib/pyproject.toml", Begin + "dependencies = ['dep', 'other']\n");
        var outcome = await world.LockAsync(new() { CheckOnly = true });
        Assert.Equal(LockState.Stale, outcome.State);
        Assert.Equal(["the project './lib' states other metadata than when the lock was made"], outcome.Changes);
        Assert.Equal(["dep 1.0", "lib ", "other 1.0"], await world.PinsAsync());
        Assert.Equal(LockState.UpToDate, (await world.LockAsync(new() { CheckOnly = true })).State);
        var made = world.Lock;
        File.Delete(world.LockPath);
        await world.LockAsync();
        Assert.Equal(made, world.Lock);
    }

    [Theory]
    [InlineData("[project]\nname = 'lib'\nversion = '1'\ndependencies = 'x'\n", "no array of strings")]
    [InlineData("[project]\nname = 'lib'\nversion = '1'\ndependencies = ['x>>1']\n", "'x>>1'")]
    [InlineData("[project\n", "is no TOML")]
    [InlineData(null, "has no pyproject.toml")]
    public async Task A_project_folder_that_no_build_could_speak_for_is_refused_with_the_reason(string? project, string reason)
    {
        await using var world = new LockWorld();
        Directory.CreateDirectory(world.Path("lib"));
        if (project is not null)
            world.Write("lib/pyproject.toml", project);
        world.Manifest("requirements: [lib @ ./lib]");
        var refusal = await world.RefusalAsync();
        Assert.Equal("PYENV1424", refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(world.LockPath));
    }

    [Theory]
    [InlineData("[project]\nname = 'lib'\ndynamic = ['version']\n")]
    [InlineData("[project]\nname = 'lib'\nversion = '1'\ndynamic = ['dependencies']\n")]
    [InlineData("")]
    public async Task A_project_folder_that_leaves_something_to_the_build_is_refused_where_that_cannot_be_done(string project)
    {
        await using var world = new LockWorld();
        world.Write("lib/pyproject.toml", project);
        world.Manifest("requirements: [lib @ ./lib]\npython: \">=3.9\"");
        var refusal = await world.RefusalAsync();
        Assert.Equal("PYENV1672", refusal.Code);
        Assert.Contains("setuptools", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(world.LockPath));
    }

    [Theory]
    [InlineData("lib @ ./nowhere", "PYENV1423")]
    [InlineData("lib @ ./wheels/nothing-1.0-py3-none-any.whl", "PYENV1423")]
    [InlineData("lib @ ./wheels/other-1.0-py3-none-any.whl", "PYENV1425")]
    [InlineData("other @ ./wheels/other-1.0-py3-none-any.whl#sha256=0000000000000000000000000000000000000000000000000000000000000000", "PYENV1409")]
    [InlineData("lib @ ./wheels/main.zip", "PYENV1424")]
    public async Task An_address_that_leads_to_nothing_useful_is_refused(string requirement, string code)
    {
        await using var world = new LockWorld();
        new WheelMaker("other").Save(world.Path("wheels"));
        world.Write("wheels/main.zip", "");
        world.Manifest($"requirements: [\"{requirement}\"]");
        var refusal = await world.RefusalAsync();
        Assert.Equal(code, refusal.Code);
        Assert.NotNull(refusal.Remedy);
    }
}
