using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// Builds what a manifest lets be built: sdists by its <c>sdists</c>, and whatever a person names by its address. For a lock it tells the metadata
/// that only a build can tell, as this machine's Python sees them; for an environment it makes the wheels.
/// </summary>
/// <param name="context">Where the work is done.</param>
/// <param name="manifest">What is asked.</param>
/// <param name="lockPath">The lock, whose folder relative paths in it start from; null where only metadata are wanted.</param>
internal sealed class ManifestBuilds(WorkspaceContext context, Manifest manifest, string? lockPath = null) : ISdistMetadata, ISourceBuilds
{
    private readonly Lazy<HashSet<PackageName>> _byAddress = new(() => manifest.Requirements.Concat(manifest.Overrides).Concat(manifest.Groups.SelectMany(group => group.Requirements))
        .Where(requirement => requirement.Requirement.Url is not null).Select(requirement => requirement.Requirement.Name).ToHashSet());

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, BuiltProvenance> _built = new(StringComparer.Ordinal);

    private Task<Interpreter>? _interpreter;

    /// <summary>Whether wheels are built twice to compare them: where others are to have what is made of them.</summary>
    public bool ComparesBuilds { get; init; }

    /// <inheritdoc/>
    public bool Allows(PackageName name) => manifest.Sdists.Allows(name) || _byAddress.Value.Contains(name);

    /// <inheritdoc/>
    public async Task<byte[]> GetAsync(IndexFile file, Func<Stream, CancellationToken, Task> download, CancellationToken cancellationToken)
    {
        var digest = file.Sha256 ?? await DigestAsync(download, cancellationToken).ConfigureAwait(false);
        return await MetadataAsync(BuildSource.OfSdist(file.FileName, file.Name, file.Version, digest, download), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<byte[]> GetAsync(PackageName name, string folder, CancellationToken cancellationToken) =>
        MetadataAsync(BuildSource.OfFolder(name, folder, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<PlannedWheel?> BuildAsync(SelectedPackage pin, Interpreter interpreter, CancellationToken cancellationToken)
    {
        if (pin.Package.Vcs is not null || pin.Package.Archive?.Subdirectory is not null)
            return null;
        var isNoted = BuildNote.IsOn(pin.Package);
        var (built, isNew) = await MakeAsync(pin, interpreter, ComparesBuilds && !isNoted, cancellationToken).ConfigureAwait(false);
        if (isNoted && (isNew || ComparesBuilds))
            context.Report(BuildNote.Explain(pin.Package, built, isForOthers: ComparesBuilds));
        return new() { File = built.File, Sha256 = built.Sha256, Size = built.Size, Path = built.Path, IsDirect = pin.Package.Directory is not null || pin.Package.Archive is not null };
    }

    /// <summary>Whether two builds of a pinned source come to the same bytes; null where that cannot be said.</summary>
    /// <exception cref="DiagnosticException">It may not be built, cannot be had, or its build failed.</exception>
    public async Task<bool?> IsReproducibleAsync(SelectedPackage pin, Interpreter interpreter, CancellationToken cancellationToken) =>
        (await MakeAsync(pin, interpreter, isCompared: true, cancellationToken).ConfigureAwait(false)).Wheel.IsReproducible;

    private async Task<(BuiltWheel Wheel, bool IsNew)> MakeAsync(SelectedPackage pin, Interpreter interpreter, bool isCompared, CancellationToken cancellationToken)
    {
        CheckAllowed(pin);
        var index = new PackageIndex(Settings());
        await using (index.ConfigureAwait(false))
        {
            var source = pin.Package.Directory is { } directory
                ? BuildSource.OfFolder(pin.Package.Name, Local(directory.Subdirectory is { } below ? $"{directory.Path}/{below}" : directory.Path), cancellationToken)
                : Sdist(pin, index);
            var builder = Builder(index, interpreter, source, isCompared);
            var isNew = builder.Find(source) is null;
            var built = await builder.BuildAsync(source, cancellationToken).ConfigureAwait(false);
            _built[built.File.Text] = BuiltProvenance.Of(built, source, interpreter);
            return (built, isNew);
        }
    }

    /// <summary>Whether the wheel of a pinned sdist was built here before.</summary>
    /// <exception cref="DiagnosticException">It may not be built.</exception>
    public async Task<bool> HasAsync(SelectedPackage pin, Interpreter interpreter)
    {
        CheckAllowed(pin);
        var index = new PackageIndex(Settings());
        await using (index.ConfigureAwait(false))
        {
            var source = Sdist(pin, index);
            return Builder(index, interpreter, source).Find(source) is not null;
        }
    }

    /// <summary>What is to be said of those wheels of a plan that were built here.</summary>
    public IReadOnlyList<BuiltProvenance> ProvenanceOf(EnvironmentPlan plan) => [.. plan.Wheels.Select(wheel => _built.GetValueOrDefault(wheel.File.Text)).OfType<BuiltProvenance>()];

    private static async Task<Sha256Digest> DigestAsync(Func<Stream, CancellationToken, Task> download, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"venvbuild-{Guid.NewGuid():n}");
        var archive = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        await using (archive.ConfigureAwait(false))
        {
            await download(archive, cancellationToken).ConfigureAwait(false);
            archive.Position = 0;
            return Sha256Digest.FromBytes(await System.Security.Cryptography.SHA256.HashDataAsync(archive, cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<byte[]> MetadataAsync(BuildSource source, CancellationToken cancellationToken)
    {
        var interpreter = await (_interpreter ??= OldestPythonAsync(cancellationToken)).ConfigureAwait(false);
        var index = new PackageIndex(Settings());
        await using (index.ConfigureAwait(false))
        {
            var metadata = await Builder(index, interpreter, source).GetMetadataAsync(source, cancellationToken).ConfigureAwait(false);
            context.Report(Diagnostic.Verbose(
                WorkspaceCodes.BuiltMetadata, $"What {source.Label} requires is what its build says here, by Python {interpreter.Version}; on another platform it could say otherwise."));
            return metadata;
        }
    }

    /// <summary>
    /// The Python that metadata is told by: the oldest here that the manifest lets in, for that is the one that a lock must serve, and old
    /// sources build with it rather than with the newest.
    /// </summary>
    private async Task<Interpreter> OldestPythonAsync(CancellationToken cancellationToken)
    {
        var finder = new PythonSupply(context, manifest, CacheFolder.Default()).Finder;
        var here = await finder.ListAsync(null, cancellationToken).ConfigureAwait(false);
        return InterpreterFinder.OldestOf(here, manifest.Python) ?? await finder.FindAsync(manifest.Python, null, context.Report, cancellationToken).ConfigureAwait(false);
    }

    private BuildSource Sdist(SelectedPackage pin, PackageIndex index)
    {
        var (package, archive) = (pin.Package, pin.Package.Archive);
        var (url, path, hashes, size) = archive is null ? (pin.File!.Url, pin.File.Path, pin.File.Hashes, pin.File.Size) : (archive.Url, archive.Path, archive.Hashes, archive.Size);
        var place = path ?? Uri.UnescapeDataString(url!.AbsolutePath);
        var name = pin.File?.Name ?? place[(place.LastIndexOf('/') + 1)..];
        if (hashes.Sha256 is not { } hex || !Sha256Digest.TryParse(hex, out var digest))
            throw Refuse(pin, $"The lock gives no SHA-256 for {name}, so nobody could tell whether the right file comes.", "Make the lock again with dotnet pyenv lock.");
        return BuildSource.OfSdist(name, package.Name, package.Version, digest, async (stream, token) =>
        {
            var from = path is not null ? new Uri(Local(path)) : url;
            if (path is null && context.IndexUrl is not null && archive is null)
                from = (await index.FindFileAsync(package.Name, name, digest, token).ConfigureAwait(false))?.Url;
            if (from is null)
                throw Refuse(pin, $"No index of this run has {name} with the SHA-256 that the lock names.", "Name an index that has it (--index-url), or lock again.");
            await index.DownloadAsync(from, digest, size, stream, token).ConfigureAwait(false);
        });
    }

    private void CheckAllowed(SelectedPackage pin)
    {
        var name = pin.Package.Name;
        if (pin.File is not null && !Allows(name))
            throw Refuse(pin, $"{name} {pin.Package.Version} has no wheel in the lock for this Python and platform, only an sdist, and the manifest does not let it be built.", $"Allow it with 'sdists: [{name}]', or lock a version that has a wheel.");
    }

    private string Local(string path) => Path.GetFullPath(path, Path.GetDirectoryName(lockPath ?? manifest.Location.Path)!);

    private WheelBuilder Builder(PackageIndex index, Interpreter interpreter, BuildSource source, bool isCompared = false) => new(index, interpreter, new()
    {
        ComparesBuilds = isCompared,
        IsSandboxed = context.SandboxesBuilds,
        Settings = string.Join('\n', Choices()),
        Live = context.Progress is { } progress ? line => progress.Report($"Building {source.Name}: {line}") : null,
        Report = context.Report,
    });

    /// <summary>The manifest's indexes, by which nothing is built: what a build needs comes as wheels.</summary>
    private IndexOptions Settings() => ManifestIndexes.Settings(context, manifest, DateTimeOffset.UtcNow);

    /// <summary>What decides which build requirements are taken. Credentials are no part of it.</summary>
    private IEnumerable<string> Choices() => manifest.Requests.Lines
        .Where(line => line.StartsWith("index", StringComparison.Ordinal) || line.StartsWith("exclude-newer", StringComparison.Ordinal))
        .Concat(manifest.FindLinks.Select(links => Credentials.Strip(new Uri(new Uri(manifest.Location.Folder + "/"), links.Url).AbsoluteUri)))
        .Append(context.IndexUrl is { } mirror ? Credentials.Strip(mirror.AbsoluteUri) : "");

    private static DiagnosticException Refuse(SelectedPackage pin, string message, string remedy) =>
        new(ExitCode.Integrity, Diagnostic.Error(WorkspaceCodes.NotBuilt, message, pin.Package.Location, remedy));
}
