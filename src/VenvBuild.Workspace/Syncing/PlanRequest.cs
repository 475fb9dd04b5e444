using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What an environment is to be, before it is decided which interpreter it is for.</summary>
/// <param name="Document">The lock.</param>
/// <param name="Groups">The groups to install; null for the lock's default ones.</param>
/// <param name="HasBytecode">Whether modules are compiled beforehand.</param>
/// <param name="Python">The interpreter that a person asked for, or null.</param>
/// <param name="EnvironmentPath">The environment's folder; there may be one already.</param>
/// <param name="Builds">Builds what the lock pins as a source.</param>
internal sealed record PlanRequest(
    LockDocument Document, IReadOnlyCollection<ExtraName>? Groups, bool HasBytecode, string? Python, string EnvironmentPath, ISourceBuilds Builds)
{
    /// <summary>
    /// The interpreter and the plan for it: the interpreter that was asked for; else the one that the environment has, as long as it fits, so
    /// that a Python that is installed later changes nothing; else the best one that the lock has files for.
    /// </summary>
    /// <exception cref="DiagnosticException">No interpreter fits, or the lock serves none that does: the best one's reason.</exception>
    public async Task<(Interpreter Interpreter, EnvironmentPlan Plan)> ChooseAsync(
        InterpreterFinder finder, Action<Diagnostic> remark, CancellationToken cancellationToken)
    {
        DiagnosticException? first = null;
        await foreach (var interpreter in CandidatesAsync(finder, remark, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return (interpreter, await EnvironmentPlan.OfAsync(Document, interpreter, Builds, Groups, HasBytecode, cancellationToken).ConfigureAwait(false));
            }
            catch (DiagnosticException refusal) when (refusal.ExitCode != ExitCode.BuildFailed)
            {
                first ??= refusal;
            }
        }

        throw first!;
    }

    private async IAsyncEnumerable<Interpreter> CandidatesAsync(
        InterpreterFinder finder, Action<Diagnostic> remark, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Python is null && await finder.OfEnvironmentAsync(EnvironmentPath, cancellationToken).ConfigureAwait(false) is { } own && Fits(own))
            yield return own;
        var best = await finder.FindAsync(Document.RequiresPython, Python, remark, cancellationToken).ConfigureAwait(false);
        yield return best;
        if (Python is not null)
            yield break;
        foreach (var other in await finder.ListAsync(null, cancellationToken).ConfigureAwait(false))
        {
            if (other.Executable != best.Executable && other.Markers.ImplementationName == Target.CPython && !other.IsFreeThreaded && Fits(other))
                yield return other;
        }
    }

    private bool Fits(Interpreter interpreter) => Document.RequiresPython?.Contains(interpreter.Version) != false;
}
