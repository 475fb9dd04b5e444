using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>sync</c>: makes the environment that the manifest asks for, locking first where that is needed.</summary>
public static class SyncVerb
{
    /// <summary>Brings the environment up to date.</summary>
    /// <exception cref="DiagnosticException">
    /// The manifest or lock is in error, the lock is stale and must not change, no interpreter fits, or a wheel cannot be had or installed.
    /// </exception>
    public static async Task<SyncOutcome> RunAsync(WorkspaceContext context, SyncOptions options, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(context, options, cancellationToken, takesServedBuilds: true).ConfigureAwait(false);
        if (await prepared.InstallFoundAsync(from: null, isAskedFor: false, cancellationToken).ConfigureAwait(false) is var (found, environment))
        {
            prepared.Served?.Remember();
            return prepared.Outcome(found, environment.Source.Name);
        }

        // What a server built and nobody has any more, or does not vouch for, is built here.
        if (prepared.Served is { AreServed: true } && !prepared.IsUpToDate)
            prepared = await PrepareAsync(context, options, cancellationToken).ConfigureAwait(false);
        return prepared.Outcome(await prepared.InstallBuiltAsync(cancellationToken).ConfigureAwait(false), source: null);
    }

    /// <summary>Decides what the environment is: brings the lock up to date where that is allowed, and plans for the interpreter that fits.</summary>
    internal static async Task<PreparedEnvironment> PrepareAsync(WorkspaceContext context, SyncOptions options, CancellationToken cancellationToken, bool takesServedBuilds = false)
    {
        if (options is { Locked: true, Frozen: true })
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.BadOption, "--locked and --frozen exclude each other."));
        var manifestLock = await OpenAsync(context, options, cancellationToken).ConfigureAwait(false);
        var (document, outcome) = await LockAsync(manifestLock, options, cancellationToken).ConfigureAwait(false);
        var manifest = manifestLock.Manifest;
        var cache = CacheFolder.Default();
        var path = EnvironmentPath(context, manifest, options);
        var groups = Groups(manifestLock, document, options);
        var builds = new ManifestBuilds(context, manifest, manifestLock.Path);
        var served = takesServedBuilds ? new ServedBuilds(context, manifestLock, document, groups, builds, cache) : null;
        var wanted = new PlanRequest(document, groups, manifest.Environment.CompilesBytecode, options.Python, path, (ISourceBuilds?)served ?? builds);
        var (interpreter, plan) = await new PythonSupply(context, manifest, cache).ChooseAsync(wanted, cancellationToken).ConfigureAwait(false);
        return new(context, manifestLock, document, outcome, interpreter, plan, path, cache) { Groups = groups, Served = served };
    }

    /// <summary>The manifest with its lock; with <c>--frozen</c>, the lock alone will do.</summary>
    internal static Task<ManifestLock> OpenAsync(WorkspaceContext context, SyncOptions options, CancellationToken cancellationToken) =>
        options.Frozen ? ManifestLock.OpenFrozenAsync(context, cancellationToken) : ManifestLock.OpenAsync(context, null, cancellationToken);

    /// <summary>The environment's folder, absolute.</summary>
    internal static string EnvironmentPath(WorkspaceContext context, Manifest manifest, SyncOptions options) =>
        Path.GetFullPath(options.Path ?? Path.Combine(manifest.Location.Folder, manifest.Environment.Path), context.WorkingDirectory);

    internal static async Task<(LockDocument Document, LockOutcome? Outcome)> LockAsync(
        ManifestLock manifestLock, SyncOptions options, CancellationToken cancellationToken)
    {
        var document = await manifestLock.ReadAsync(cancellationToken).ConfigureAwait(false);
        var outcome = manifestLock.Judge(document);
        if (document is not null && (options.Frozen || outcome.State == LockState.UpToDate))
            return (document, options.Frozen ? null : outcome);
        if (options.Frozen || options.Locked)
            throw new DiagnosticException(ExitCode.CheckFailed, ManifestLock.Explain(outcome));
        (outcome, document) = await manifestLock.MakeAsync(document, new(), cancellationToken).ConfigureAwait(false);
        return (document, outcome);
    }

    /// <summary>The groups asked for here and by default; null, the lock's own default, where it is not ours to say.</summary>
    internal static List<ExtraName>? Groups(ManifestLock manifestLock, LockDocument document, SyncOptions options)
    {
        if (options.Groups.Count == 0)
            return null;
        var groups = document.DefaultGroups.Select(ExtraName.Parse).ToList();
        foreach (var name in options.Groups)
        {
            if (!ExtraName.TryParse(name, out var group) || (document.DependencyGroups ?? []).All(known => ExtraName.Parse(known) != group))
            {
                throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                    WorkspaceCodes.BadOption,
                    $"There is no group '{name}'.",
                    new(options.Frozen ? manifestLock.Path : manifestLock.Manifest.Location.Path),
                    document.DependencyGroups is { Count: > 0 } known ? $"There are: {string.Join(", ", known)}." : "Name it under 'groups' in the manifest."));
            }

            groups.Add(group);
        }

        return groups;
    }
}
