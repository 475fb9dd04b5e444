using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// Finds pins for requests, for every environment that they must serve. One environment is searched at a time, each getting the newest
/// releases that it can have; what was learnt in one is known in all, and environments that would take the same turns share one answer.
/// </summary>
public static class PackageResolver
{
    // Each restart splits environments; real lists need a few.
    private const int MaxRestarts = 64;

    /// <summary>Answers a request.</summary>
    /// <exception cref="UnsatisfiableException">There are no such pins; the exception says why not.</exception>
    /// <exception cref="DiagnosticException">The source failed.</exception>
    public static async Task<Resolution> ResolveAsync(
        ResolutionRequest request, IPackageSource source, CancellationToken cancellationToken = default) =>
        await ResolveAsync(request, source, new(), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="ResolveAsync(ResolutionRequest, IPackageSource, CancellationToken)"/>
    internal static async Task<Resolution> ResolveAsync(
        ResolutionRequest request, IPackageSource source, SolveCounters counters, CancellationToken cancellationToken)
    {
        var asked = new EnvironmentTable(request.Environments);
        asked.TellApart(request.Preferences);
        IReadOnlyList<ResolutionEnvironment> environments = asked.NeedsSplit ? asked.Split() : request.Environments;
        for (var restart = 0; restart <= MaxRestarts; restart++)
        {
            if (environments.Count > EnvironmentTable.MaxCount)
                break;
            var search = new Search(request, new(environments), source, counters);
            if (await search.RunAsync(cancellationToken).ConfigureAwait(false) is { } resolution)
                return resolution;
            environments = search.NextEnvironments;
        }

        throw new DiagnosticException(ExitCode.Unsatisfiable, Diagnostic.Error(
            ResolverCodes.TooManyEnvironments,
            $"The requests tell more than {EnvironmentTable.MaxCount} environments apart.",
            remedy: "Narrow 'python' or 'platforms' in the manifest."));
    }
}
