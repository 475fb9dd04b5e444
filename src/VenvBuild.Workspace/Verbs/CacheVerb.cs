using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>cache info</c>, <c>cache verify</c> and <c>cache prune</c>: what was kept so that it need not be fetched or made again.</summary>
public static class CacheVerb
{
    /// <summary>The cache's parts with their sizes, by name.</summary>
    public static IReadOnlyList<CacheFolderUsage> Info(CancellationToken cancellationToken) =>
        [.. Cache().Measure(cancellationToken).Select(part => new CacheFolderUsage(part.Name, part.Path, part.Files, part.Bytes, part.Entries, part.BytesInUse))];

    /// <summary>
    /// Removes what interrupted runs left behind, and what the options name, the least recently used first. What environments link to or running
    /// processes use stays.
    /// </summary>
    /// <exception cref="DiagnosticException">The disk fails.</exception>
    public static Task<PruneOutcome> PruneAsync(PruneOptions options, CancellationToken cancellationToken) => Cache().PruneAsync(options, cancellationToken);

    /// <summary>Reads every file of the cache and reports each that is not as it was made.</summary>
    /// <param name="context">Where the errors go.</param>
    /// <param name="fixes">Whether what is damaged is taken out, so that it is made anew.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>What is damaged.</returns>
    /// <exception cref="DiagnosticException">The disk fails.</exception>
    public static async Task<IReadOnlyList<StoreDamage>> VerifyAsync(WorkspaceContext context, bool fixes, CancellationToken cancellationToken)
    {
        var damages = await Cache().VerifyAsync(fixes, cancellationToken).ConfigureAwait(false);
        foreach (var damage in damages)
        {
            var again = damage.Environments.Count == 0 ? "it is made anew when it is next needed"
                : $"it is made anew by the next 'dotnet pyenv sync' of {string.Join(", ", damage.Environments)}";
            var message = $"{damage.Path} ({damage.Owner}) is damaged: {damage.Why}.";
            context.Report(fixes
                ? Diagnostic.Warning(WorkspaceCodes.DamagedCache, message, remedy: $"It was taken out; {again}.")
                : Diagnostic.Error(WorkspaceCodes.DamagedCache, message, remedy: $"Take it out with 'dotnet pyenv cache verify --fix'; {again}."));
        }

        return damages;
    }

    private static Store Cache() => new(CacheFolder.Default().Root);
}
