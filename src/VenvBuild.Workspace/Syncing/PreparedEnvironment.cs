using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>An environment that is decided on, and not made yet.</summary>
/// <param name="Context">Where the work is done.</param>
/// <param name="Lock">The manifest and its lock.</param>
/// <param name="Document">The lock, read.</param>
/// <param name="LockOutcome">What became of the lock on the way; null where it was not looked at.</param>
/// <param name="Interpreter">The Python that it is for.</param>
/// <param name="Plan">Its wheels.</param>
/// <param name="Path">Its folder, absolute.</param>
/// <param name="Cache">The cache.</param>
internal sealed record PreparedEnvironment(
    WorkspaceContext Context, ManifestLock Lock, LockDocument Document, LockOutcome? LockOutcome, Interpreter Interpreter, EnvironmentPlan Plan, string Path, CacheFolder Cache)
{
    public Manifest Manifest => Lock.Manifest;

    /// <summary>The groups that are installed; null for the lock's default ones.</summary>
    public IReadOnlyCollection<ExtraName>? Groups { get; init; }

    /// <summary>What a server may have built of the plan; null where none was asked.</summary>
    public ServedBuilds? Served { get; init; }

    /// <summary>Whether it is in its place already.</summary>
    public bool IsUpToDate => EnvironmentInstaller.IsUpToDate(Plan, Interpreter, Path, InstallOptions);

    public Environments.SyncOptions InstallOptions { get; init; } = InstallSettings.Of(Context, Lock.Manifest, isFrozen: LockOutcome is null) with
    {
        Origins = EnvironmentOrigins.Of(Plan, System.IO.Path.GetDirectoryName(Lock.Path)!),
    };

    public IProgress<SyncProgress>? Progress => Context.Progress is { } lines ? new SyncProgressLines(lines) : null;

    /// <summary>
    /// Installs what a source has; null when none has it, or when nothing need be fetched at all.
    /// </summary>
    /// <param name="from">The only place to look at; null for the manifest's sources.</param>
    /// <param name="isAskedFor">Whether a person asked for just this: then a place that cannot be asked is an error.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">What a source has is not taken, or cannot be fetched or installed.</exception>
    public async Task<(SyncResult Result, FoundEnvironment Found)?> InstallFoundAsync(string? from, bool isAskedFor, CancellationToken cancellationToken)
    {
        var server = EnvironmentPlaces.ServerOf(Context, Manifest);
        if (!isAskedFor && ((Manifest.Sources.Count == 0 && server is null) || IsMadeHere()))
            return null;
        using var places = new EnvironmentPlaces(Context, Manifest, Cache.Root) { Request = server is null ? null : await ServerRequest.OfAsync(Lock, Plan.Target, Interpreter, Groups, cancellationToken).ConfigureAwait(false) };
        // What was taken before is described here, too: with its layers in the store, nobody need be asked.
        var taken = new EnvironmentFolderStore(Cache.Folder("taken", 1));
        var search = EnvironmentPlaces.Search(
            Context, Manifest, Context.IsOffline && from is null ? [taken, .. places.Sources(from)] : places.Sources(from), Cache.Root, diagnostic => Report(diagnostic, server));
        Context.Progress?.Report($"Looking for {Manifest.Name}");
        if (await search.FindAsync(Plan, isAskedFor, cancellationToken).ConfigureAwait(false) is not { } found)
            return null;
        SyncResult result;
        try
        {
            result = await new EnvironmentInstaller(Cache.Root)
                .InstallAsync(found.Manifest, Interpreter, Path, found.Source, InstallOptions with { Signatures = found.Offer.Signatures }, Progress, cancellationToken).ConfigureAwait(false);
        }
        catch (DiagnosticException e) when (found.Source.IsAccelerator && !isAskedFor && e.ExitCode == ExitCode.Integrity)
        {
            Report(e.Diagnostics[0] with { Severity = DiagnosticSeverity.Warning }, server);
            return null;
        }

        search.Note(Plan, found);
        if (found.Source != taken)
            await taken.KeepAsync(Plan.Key, found.Offer, cancellationToken).ConfigureAwait(false);
        return (result, found);
    }

    /// <summary>A server's failure is said once in a run.</summary>
    private void Report(Diagnostic diagnostic, Uri? server)
    {
        var isAboutServer = diagnostic.Severity == DiagnosticSeverity.Warning && server is not null && diagnostic.Message.Contains(server.Authority, StringComparison.Ordinal);
        if (!isAboutServer || Context.FailedServers.Add(server!))
            Context.Report(isAboutServer ? diagnostic with { Message = $"{diagnostic.Message} The environment is made here." } : diagnostic);
    }

    /// <summary>Makes it here, from the indexes' wheels and the store.</summary>
    public async Task<SyncResult> InstallBuiltAsync(CancellationToken cancellationToken)
    {
        var index = ManifestIndexes.Open(Context, Manifest, DateTimeOffset.UtcNow);
        await using (index.ConfigureAwait(false))
        {
            return await new EnvironmentInstaller(Cache.Root)
                .SyncAsync(Plan, Interpreter, Path, Wheels(index), InstallOptions, Progress, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The wheels as the lock names them.</summary>
    public IndexWheelSource Wheels(PackageIndex index) => new(index, System.IO.Path.GetDirectoryName(Lock.Path)!, Context.LockedAddresses);

    public SyncOutcome Outcome(SyncResult result, string? source)
    {
        var layout = VenvLayout.Of(Interpreter);
        return new(
            result.Path,
            System.IO.Path.Combine(result.Path, layout.Executable),
            System.IO.Path.Combine(result.Path, layout.SitePackages),
            Interpreter.Version.ToString(),
            result.Key.ToString(),
            !result.HasChanged,
            Plan.Wheels.Count,
            LockOutcome)
        {
            Source = source,
        };
    }

    /// <summary>Whether it is there already, or all of its wheels are in the store: then nobody need be asked.</summary>
    private bool IsMadeHere()
    {
        var store = new LayerStore(Cache.Root);
        return IsUpToDate || Plan.Wheels.All(wheel => store.Find(wheel.Sha256) is not null);
    }
}
