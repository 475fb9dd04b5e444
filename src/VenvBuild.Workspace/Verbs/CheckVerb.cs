using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>check</c>: whether the manifest is right and the lock answers it. Nothing is fetched or written.</summary>
public static class CheckVerb
{
    /// <summary>Judges manifest and lock.</summary>
    /// <exception cref="DiagnosticException">The manifest or the lock is in error.</exception>
    public static async Task<LockOutcome> RunAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var manifestLock = await ManifestLock.OpenAsync(context, null, cancellationToken).ConfigureAwait(false);
        return manifestLock.Judge(await manifestLock.ReadAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What to tell a person of an outcome that is not up to date.</summary>
    public static Diagnostic Explain(LockOutcome outcome) => ManifestLock.Explain(outcome);
}
