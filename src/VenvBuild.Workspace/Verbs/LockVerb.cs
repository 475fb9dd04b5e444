using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>lock</c>: pins what manifests ask for.</summary>
public static class LockVerb
{
    /// <summary>Makes or checks the lock of the manifest or, for a solution or project, of each manifest that it uses.</summary>
    /// <exception cref="DiagnosticException">A manifest or lock is in error, the requests cannot be satisfied, or an index failed.</exception>
    public static async Task<IReadOnlyList<LockOutcome>> RunAsync(WorkspaceContext context, LockOptions options, CancellationToken cancellationToken)
    {
        if (options.CheckOnly && (options.Upgrade || options.UpgradePackages.Count > 0))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, "--check writes nothing, and --upgrade is for writing other pins: they exclude each other.",
                remedy: "Leave one of them out; 'dotnet pyenv outdated' says what an upgrade would bring."));
        }

        if (options.Target is null)
            return [await OneAsync(context, options, cancellationToken).ConfigureAwait(false)];
        if (context.ManifestPath is not null || options.Output is not null)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, "A solution or project names its manifests itself: --manifest and --output do not go with it."));
        }

        var outcomes = new List<LockOutcome>();
        foreach (var manifest in await ProjectManifests.OfAsync(Path.GetFullPath(options.Target, context.WorkingDirectory), cancellationToken).ConfigureAwait(false))
            outcomes.Add(await OneAsync(context with { ManifestPath = manifest }, options, cancellationToken).ConfigureAwait(false));
        return outcomes;
    }

    private static async Task<LockOutcome> OneAsync(WorkspaceContext context, LockOptions options, CancellationToken cancellationToken)
    {
        var manifestLock = await ManifestLock.OpenAsync(context, options.Output, cancellationToken).ConfigureAwait(false);
        var previous = await manifestLock.ReadAsync(cancellationToken).ConfigureAwait(false);
        var outcome = manifestLock.Judge(previous);
        var isSettled = outcome.State == LockState.UpToDate && !options.Upgrade && options.UpgradePackages.Count == 0;
        if (options.CheckOnly || isSettled)
            return outcome;
        (outcome, var document) = await manifestLock.MakeAsync(previous, options, cancellationToken).ConfigureAwait(false);
        foreach (var name in PreviousPins.Upgraded(options).Where(name => !document.Packages.Any(package => package.Name == name)))
        {
            context.Report(Diagnostic.Warning(
                WorkspaceCodes.UnknownUpgrade, $"'{name}' was to be upgraded, and nothing in the lock has that name.", new(manifestLock.Path), "Check the spelling after --upgrade-package."));
        }

        return outcome;
    }
}
