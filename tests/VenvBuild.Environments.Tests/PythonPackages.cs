using System.Security.Cryptography;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>CPython for Windows as NuGet packages: by version and hash of content, from a feed that may lie.</summary>
public sealed class PythonPackages : IAsyncLifetime, IDisposable
{
    private static readonly Target Windows = new(Platform.Parse("win-x64"), new PythonMinor(3, 12));

    private readonly TestFolder _folder = new();
    private readonly LoopbackIndex _index = new();
    private readonly PackageIndex _transport;

    public PythonPackages() => _transport = new(new() { Indexes = [], Cache = new CacheFolder(Cache) });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Cache => _folder.File("cache");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_package_is_unpacked_into_the_store_and_found_again(bool hasCatalog)
    {
        var feed = PythonPackageMaker.ServeFeed(_index, "python", "3.12.4", PythonPackageMaker.NuGet("3.12"), hasCatalog: hasCatalog);
        var source = new NuGetPythons(_transport, feed);

        var archive = Assert.Single(await source.ListAsync(Windows.Platform, Token));
        var python = await new ManagedPythonStore(Cache).FetchAsync(archive, Windows, source, Token);

        Assert.Equal(("3.12.4", "python.3.12.4"), (python.Version.ToString(), Path.GetFileName(python.Folder)));
        Assert.True(File.Exists(Path.Combine(python.StandardLibrary, "a name with spaces.txt")));
        Assert.False(File.Exists(Path.Combine(python.Folder, "python.nuspec")));
        Assert.Equal(python, new ManagedPythonStore(Cache).FindForeign(Windows));
        Assert.Null(new ManagedPythonStore(Cache).FindForeign(new Target(Windows.Platform, new PythonMinor(3, 11))));
        Assert.Null(new ManagedPythonStore(Cache).FindForeign(new Target(Platform.Parse("win-arm64"), Windows.Python)));
        Assert.Empty(await source.ListAsync(Platform.Parse("linux-x64"), Token));
        Assert.Empty(await new Store(Cache).VerifyAsync(removes: false, Token));
        Assert.Contains(new Store(Cache).Measure(Token), part => part.Name == "pythons");
        // A lease keeps it, and without one pruning takes it away.
        using (await StoreLease.AcquireAsync(Cache, [python.Digest], Token))
            await new Store(Cache).PruneAsync(new() { MaxBytes = 0 }, Token);
        Assert.NotNull(new ManagedPythonStore(Cache).FindForeign(Windows));
        await new Store(Cache).PruneAsync(new() { MaxBytes = 0 }, Token);
        Assert.Null(new ManagedPythonStore(Cache).FindForeign(Windows));
    }

    [Fact]
    public async Task What_is_not_what_the_catalog_or_the_pin_says_is_refused()
    {
        var package = PythonPackageMaker.NuGet("3.12");
        var feed = PythonPackageMaker.ServeFeed(_index, "python", "3.12.4", package, hash: SHA512.HashData("other"u8));
        await RefusedAsync(feed, "its SHA-512 is");

        var pinned = new Uri($"{feed}#sha512={Convert.ToHexStringLower(SHA512.HashData(package))}");
        Assert.NotNull(await FetchAsync(pinned));
        await new Store(Cache).PruneAsync(new() { MaxBytes = 0 }, Token);
        await RefusedAsync(new Uri($"{feed}#sha512={Convert.ToHexStringLower(SHA512.HashData("other"u8))}"), "the pin says");
        Assert.Throws<DiagnosticException>(() => new NuGetPythons(_transport, new Uri($"{feed}#sha512=short")));
    }

    [Fact]
    public async Task Packages_that_are_hostile_or_for_another_machine_are_refused()
    {
        await RefusedAsync(PythonPackageMaker.ServeFeed(_index, "python", "3.12.4", PythonPackageMaker.NuGet("3.12", machine: 0xAA64)), "no program for win-x64");
        foreach (var evil in new[] { "tools/../../evil", "tools/%2e%2e/%2e%2e/evil", "tools/a%2f..%2f..%2fevil", "tools\\..\\evil", "tools/a%00b" })
            await RefusedAsync(PythonPackageMaker.ServeFeed(_index, "python", "3.12.4", PythonPackageMaker.NuGet("3.12", 0x8664, (evil, "x"u8.ToArray()))), "refused");
        await RefusedAsync(PythonPackageMaker.ServeFeed(_index, "python", "3.12.4", "no zip"u8.ToArray()), "refused");
        Assert.Empty(Directory.GetFiles(_folder.Path, "*evil*", SearchOption.AllDirectories));
        Assert.All(Directory.GetDirectories(Path.Combine(Cache, "pythons", "foreign")), path => Assert.StartsWith(".", Path.GetFileName(path), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"resources\": []}")]
    [InlineData("no JSON")]
    public async Task What_is_no_feed_is_said_to_be_none(string serviceIndex)
    {
        _index.Always("/nuget/index.json", new(200, "application/json", System.Text.Encoding.UTF8.GetBytes(serviceIndex)));
        await RefusedAsync(new Uri(_index.Root, "nuget/index.json"), "is no NuGet feed of Python");
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    public async Task An_environment_for_Windows_is_started_by_what_every_Python_for_Windows_carries(int minor)
    {
        var target = new Target(Platform.Parse("win-x64"), new PythonMinor(3, minor));
        var feed = PythonPackageMaker.ServeFeed(_index, "python", $"3.{minor}.1", PythonPackageMaker.NuGet($"3.{minor}"));
        var source = new NuGetPythons(_transport, feed);
        var python = await new ManagedPythonStore(Cache).FetchAsync((await source.ListAsync(target.Platform, Token))[0], target, source, Token);
        var wheels = new MemorySource();
        var plan = new EnvironmentPlan(target, [wheels.Plan(new WheelMaker("tool").Module("tool").Script("tool", "tool:main"))]);

        await new EnvironmentBuilder(Cache).WriteFolderAsync(plan, null, [], null, python, _folder.File("env"), wheels, cancellationToken: Token);
        await new EnvironmentBuilder(Cache).WriteFolderAsync(plan, null, [], null, python, _folder.File("whole"), wheels, new() { WithPython = true }, cancellationToken: Token);

        Assert.EndsWith("launcher", await File.ReadAllTextAsync(_folder.File("env", "Scripts", "python.exe"), Token), StringComparison.Ordinal);
        Assert.EndsWith("window launcher", await File.ReadAllTextAsync(_folder.File("env", "Scripts", "pythonw.exe"), Token), StringComparison.Ordinal);
        Assert.StartsWith("MZ-console#!\"<launcher_dir>\\python.exe\"", await File.ReadAllTextAsync(_folder.File("env", "Scripts", "tool.exe"), Token), StringComparison.Ordinal);
        Assert.Contains($"home = C:\\Program Files\\Python3{minor}\n", await File.ReadAllTextAsync(_folder.File("env", "pyvenv.cfg"), Token), StringComparison.Ordinal);
        // With all of Python in it, it names no other, and the commands lead up to it.
        Assert.DoesNotContain("home", await File.ReadAllTextAsync(_folder.File("whole", "pyvenv.cfg"), Token), StringComparison.Ordinal);
        Assert.StartsWith("MZ-console#!\"<launcher_dir>\\..\\python.exe\"", await File.ReadAllTextAsync(_folder.File("whole", "Scripts", "tool.exe"), Token), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("whole", "python.exe")) && File.Exists(_folder.File("whole", "DLLs", "_socket.pyd")) && File.Exists(_folder.File("whole", "Lib", "os.py")));
        Assert.True(File.Exists(_folder.File("whole", "Lib", "site-packages", "tool", "__init__.py")));
        Assert.False(Path.Exists(_folder.File("whole", "Lib", "site-packages", "left")) || Path.Exists(_folder.File("whole", "include", "Python.h")) || Path.Exists(_folder.File("whole", "python.json")));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await _index.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private async Task<ForeignPython> FetchAsync(Uri feed)
    {
        var source = new NuGetPythons(_transport, feed);
        return await new ManagedPythonStore(Cache).FetchAsync((await source.ListAsync(Windows.Platform, Token))[0], Windows, source, Token);
    }

    private async Task RefusedAsync(Uri feed, string why)
    {
        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => FetchAsync(feed));
        Assert.Equal(ExitCode.Integrity, refused.ExitCode);
        Assert.Contains(why, refused.Diagnostics[0].Message, StringComparison.Ordinal);
    }
}
