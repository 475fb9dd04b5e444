using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What every environment of one run is built from: a manifest with its lock, groups, indexes and the cache.</summary>
internal sealed class BuildSettings : IAsyncDisposable
{
    private readonly Index.PackageIndex _index;

    private BuildSettings(WorkspaceContext context, ManifestLock manifestLock, LockDocument document, IReadOnlyCollection<ExtraName>? groups, Sha256Digest lockDigest)
    {
        (Context, Manifest, Document, Groups, LockDigest) = (context, manifestLock.Manifest, document, groups, lockDigest);
        Cache = Index.CacheFolder.Default();
        _index = ManifestIndexes.Open(context, Manifest, DateTimeOffset.UtcNow);
        Builds = new(context, Manifest, manifestLock.Path) { ComparesBuilds = true };
        Source = new IndexWheelSource(_index, Path.GetDirectoryName(manifestLock.Path)!, context.LockedAddresses);
    }

    public WorkspaceContext Context { get; }

    public Manifest Manifest { get; }

    public LockDocument Document { get; }

    public IReadOnlyCollection<ExtraName>? Groups { get; }

    public Sha256Digest LockDigest { get; }

    public Index.CacheFolder Cache { get; }

    public IWheelSource Source { get; }

    public ManifestBuilds Builds { get; }

    public IProgress<SyncProgress>? Progress => Context.Progress is { } lines ? new SyncProgressLines(lines) : null;

    public required Environments.SyncOptions Options { get; init; }

    /// <summary>Whether modules are compiled beforehand, where a Python for that is here.</summary>
    public required bool CompilesBytecode { get; init; }

    /// <summary>The plan for a target; its bytecode is asked for as the manifest says. Sources are built where an interpreter of the target is here.</summary>
    public async Task<EnvironmentPlan> PlanForAsync(Target target, PackageVersion python, Interpreter? native, CancellationToken cancellationToken) => native is null
        ? EnvironmentPlan.Of(Document, target, python, Groups, CompilesBytecode)
        : await EnvironmentPlan.OfAsync(Document, target, python, native, Builds, Groups, CompilesBytecode, cancellationToken).ConfigureAwait(false);

    /// <summary>The description of a build, with what it was made from.</summary>
    public EnvironmentBuild Describe(EnvironmentBuild build) => build with
    {
        Manifest = new EnvironmentManifest(build.Manifest.ToPlan(), build.Manifest.Layers)
        {
            Lock = LockDigest,
            Provenance = new()
            {
                Builder = $"venvbuild {Context.ToolVersion}",
                Indexes = [.. Context.IndexUrl is { } mirror ? [mirror] : Manifest.Indexes.Select(index => index.Url)],
                Built = Builds.ProvenanceOf(build.Manifest.ToPlan()),
            },
        },
    };

    /// <summary>Opens the manifest, and locks where that is needed and allowed.</summary>
    public static async Task<BuildSettings> OpenAsync(WorkspaceContext context, SyncOptions options, CancellationToken cancellationToken, PublishTrim trim = PublishTrim.None)
    {
        var manifestLock = await SyncVerb.OpenAsync(context, options, cancellationToken).ConfigureAwait(false);
        var (document, _) = await SyncVerb.LockAsync(manifestLock, options, cancellationToken).ConfigureAwait(false);
        var digest = Sha256Digest.Of(await File.ReadAllBytesAsync(manifestLock.Path, cancellationToken).ConfigureAwait(false));
        var settings = InstallSettings.Of(context, manifestLock.Manifest, options.Frozen) with { WithoutTests = trim.HasFlag(PublishTrim.Tests) };
        return new(context, manifestLock, document, SyncVerb.Groups(manifestLock, document, options), digest)
        {
            Options = settings,
            CompilesBytecode = manifestLock.Manifest.Environment.CompilesBytecode && !trim.HasFlag(PublishTrim.Caches),
        };
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();
}
