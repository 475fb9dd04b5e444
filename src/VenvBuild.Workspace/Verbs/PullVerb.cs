using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>pull</c>: installs the environment that a source has ready, and never builds one.</summary>
public static class PullVerb
{
    /// <summary>Looks for the environment of the lock, checks it, and installs it.</summary>
    /// <exception cref="DiagnosticException">The lock is stale, no source has the environment, or what a source has is not taken.</exception>
    public static async Task<SyncOutcome> RunAsync(WorkspaceContext context, PullOptions options, CancellationToken cancellationToken)
    {
        var prepared = await SyncVerb.PrepareAsync(context, options.Environment with { Locked = !options.Environment.Frozen }, cancellationToken).ConfigureAwait(false);
        if (options.From is null && prepared.Manifest.Sources.Count == 0)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, "Nothing says where environments are looked for.", new(prepared.Manifest.Location.Path),
                "Name places under 'sources' in the manifest, or one with --from."));
        }

        if (await prepared.InstallFoundAsync(options.From, isAskedFor: true, cancellationToken).ConfigureAwait(false) is var (result, found))
            return prepared.Outcome(result, found.Source.Name);
        throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
            WorkspaceCodes.NotPublished,
            $"No source has the environment {prepared.Plan.Key} for {prepared.Plan.Target}.",
            remedy: "Publish it with 'dotnet pyenv push' where it can be built, or build it here with 'dotnet pyenv sync'."));
    }
}
