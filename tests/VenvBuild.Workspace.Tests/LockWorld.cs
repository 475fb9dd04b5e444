using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary>A folder with a manifest, an index on loopback, and the verbs over both.</summary>
internal sealed class LockWorld : IAsyncDisposable, IProgress<Diagnostic>
{
    private readonly TestFolder _folder = new();

    /// <summary>The index that manifests of this world name; pages are asked for anew each time.</summary>
    public LoopbackIndex Index { get; } = new() { PageCacheControl = "no-cache" };

    public ConcurrentQueue<Diagnostic> Reports { get; } = new();

    public string LockPath => _folder.File("pylock.toml");

    public string Lock => File.ReadAllText(LockPath);

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>No test may read or fill the cache of the person who runs it.</summary>
    [ModuleInitializer]
    internal static void OwnCache() =>
        Environment.SetEnvironmentVariable("VENVBUILD_CACHE", Directory.CreateTempSubdirectory("venvbuild-test-cache-").FullName);

    public string Path(params string[] parts) => _folder.File(parts);

    public string Write(string path, string content) => _folder.Write(path, content);

    /// <summary>Puts a wheel on the index, with its metadata beside it.</summary>
    public LockWorld Add(string name, string version, params string[] requires) => Add(new WheelMaker(name, version), requires);

    public LockWorld Add(WheelMaker wheel, params string[] requires)
    {
        Index.Add(FileOf(wheel, requires));
        return this;
    }

    public static LoopbackFile FileOf(WheelMaker wheel, params string[] requires)
    {
        foreach (var requirement in requires)
            wheel.Requires(requirement);
        var python = wheel.RequiresPython is { } range ? $"Requires-Python: {range}\n" : "";
        var metadata = $"Metadata-Version: 2.1\nName: {wheel.Name}\nVersion: {wheel.Version}\n{python}{string.Concat(requires.Select(text => $"Requires-Dist: {text}\n"))}";
        return new(wheel.Name, wheel.FileName, wheel.ToArray()) { Metadata = Encoding.UTF8.GetBytes(metadata), RequiresPython = wheel.RequiresPython };
    }

    /// <summary>Writes the manifest: what is given, with the index unless it names some, for Linux and CPython 3.11 unless it says otherwise.</summary>
    public LockWorld Manifest(string text)
    {
        if (!text.Contains("indexes:", StringComparison.Ordinal))
            text += $"\nindexes: [{{name: corp, url: \"{Index.Simple}\"}}]\n";
        if (!text.Contains("platforms:", StringComparison.Ordinal))
            text += "\nplatforms: [linux-x64]\n";
        if (!text.Contains("python:", StringComparison.Ordinal))
            text += "\npython: \"==3.11.*\"\n";
        Write("pyenv.yaml", text);
        return this;
    }

    public WorkspaceContext Context => new() { WorkingDirectory = _folder.Path, ToolVersion = "0.1.0", Diagnostics = this };

    public async Task<LockOutcome> LockAsync(LockOptions? options = null, WorkspaceContext? context = null) =>
        Assert.Single(await LockVerb.RunAsync(context ?? Context, options ?? new(), Stop));

    /// <summary>Locks, and gives the pins: <c>a 1.0</c>, with their marker where they have one.</summary>
    public async Task<string[]> PinsAsync(LockOptions? options = null)
    {
        await LockAsync(options);
        var document = (await LockReader.LoadAsync(LockPath, Stop)).Document;
        return [.. document.Packages.Select(package => $"{package.Name} {package.Version}{(package.Marker is null ? "" : $" ; {package.Marker}")}")];
    }

    /// <summary>Locks in vain; the first diagnostic.</summary>
    public async Task<Diagnostic> RefusalAsync(LockOptions? options = null) =>
        (await Assert.ThrowsAnyAsync<DiagnosticException>(() => LockAsync(options))).Diagnostics[0];

    public void Report(Diagnostic value) => Reports.Enqueue(value);

    public async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        _folder.Dispose();
    }
}
