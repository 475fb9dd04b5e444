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
        if (options is { Locked: true, Frozen: true })
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.BadOption, "--locked and --frozen exclude each other."));
        var manifestLock = await ManifestLock.OpenAsync(context, null, cancellationToken).ConfigureAwait(false);
        var (document, outcome) = await LockAsync(manifestLock, options, cancellationToken).ConfigureAwait(false);
        var manifest = manifestLock.Manifest;
        var cache = CacheFolder.Default();
        var interpreters = await InterpretersAsync(context, options, document, cache, cancellationToken).ConfigureAwait(false);
        var (interpreter, plan) = Plan(document, interpreters, Groups(manifest, document, options), manifest.Environment.CompilesBytecode);
        var path = EnvironmentPath(context, manifest, options);
        var result = await InstallAsync(context, manifestLock, plan, interpreter, path, cache, cancellationToken).ConfigureAwait(false);
        var layout = VenvLayout.Of(interpreter);
        return new(
            result.Path,
            Path.Combine(result.Path, layout.Executable),
            Path.Combine(result.Path, layout.SitePackages),
            interpreter.Version.ToString(),
            result.Key.ToString(),
            !result.HasChanged,
            plan.Wheels.Count,
            outcome);
    }

    /// <summary>The environment's folder, absolute.</summary>
    internal static string EnvironmentPath(WorkspaceContext context, Manifest manifest, SyncOptions options) =>
        Path.GetFullPath(options.Path ?? Path.Combine(manifest.Location.Folder, manifest.Environment.Path), context.WorkingDirectory);

    private static async Task<(LockDocument Document, LockOutcome? Outcome)> LockAsync(
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

    private static async Task<IReadOnlyList<Interpreter>> InterpretersAsync(
        WorkspaceContext context, SyncOptions options, LockDocument document, CacheFolder cache, CancellationToken cancellationToken)
    {
        var finder = new InterpreterFinder(cache.Root);
        var best = await finder.FindAsync(document.RequiresPython, options.Python, context.Report, cancellationToken).ConfigureAwait(false);
        if (options.Python is not null)
            return [best];
        var all = await finder.ListAsync(null, cancellationToken).ConfigureAwait(false);
        return [best, .. all.Where(other => other.Executable != best.Executable && !other.IsFreeThreaded && document.RequiresPython?.Contains(other.Version) != false)];
    }

    /// <summary>The interpreter and the plan: of the interpreters that fit, the best one that the lock has files for.</summary>
    private static (Interpreter Interpreter, EnvironmentPlan Plan) Plan(
        LockDocument document, IReadOnlyList<Interpreter> interpreters, IReadOnlyCollection<ExtraName>? groups, bool hasBytecode)
    {
        DiagnosticException? first = null;
        foreach (var interpreter in interpreters)
        {
            try
            {
                return (interpreter, EnvironmentPlan.Of(document, interpreter, groups: groups, hasBytecode: hasBytecode));
            }
            catch (DiagnosticException refusal)
            {
                first ??= refusal;
            }
        }

        throw first!;
    }

    /// <summary>The groups asked for here and by default; null, the lock's own default, where it is not ours to say.</summary>
    private static List<ExtraName>? Groups(Manifest manifest, LockDocument document, SyncOptions options)
    {
        if (options.Groups.Count == 0)
            return null;
        var groups = manifest.DefaultGroups.ToList();
        foreach (var name in options.Groups)
        {
            if (!ExtraName.TryParse(name, out var group) || (document.DependencyGroups ?? []).All(known => ExtraName.Parse(known) != group))
            {
                throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                    WorkspaceCodes.BadOption,
                    $"There is no group '{name}'.",
                    new(manifest.Location.Path),
                    document.DependencyGroups is { Count: > 0 } known ? $"There are: {string.Join(", ", known)}." : "Name it under 'groups' in the manifest."));
            }

            groups.Add(group);
        }

        return groups;
    }

    private static async Task<SyncResult> InstallAsync(
        WorkspaceContext context, ManifestLock manifestLock, EnvironmentPlan plan, Interpreter interpreter, string path, CacheFolder cache,
        CancellationToken cancellationToken)
    {
        var manifest = manifestLock.Manifest;
        var index = ManifestIndexes.Open(context, manifest, DateTimeOffset.UtcNow);
        await using (index.ConfigureAwait(false))
        {
            var source = new IndexWheelSource(index, Path.GetDirectoryName(manifestLock.Path)!, usesLockedAddresses: context.IndexUrl is null);
            var settings = new Environments.SyncOptions { Link = manifest.Environment.Link, Prompt = manifest.Name, Remark = context.Report };
            var progress = context.Progress is { } lines ? new SyncProgressLines(lines) : null;
            return await new EnvironmentInstaller(cache.Root)
                .SyncAsync(plan, interpreter, path, source, settings, progress, cancellationToken)
                .ConfigureAwait(false);
        }
    }
}
