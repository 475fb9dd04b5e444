using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// Finds out, when a lock is made, which of its sources are built to other bytes each time, and notes it (<see cref="BuildNote"/>). Each that
/// this machine would build for its environment is built twice, once: the first wheel is the one that <c>sync</c> installs. What the lock before
/// noted of the same sdist stays, so that a machine that need not or cannot build it writes the same lock.
/// </summary>
internal sealed class BuildComparison(WorkspaceContext context, Manifest manifest, string lockPath)
{
    /// <summary>The lock with its notes.</summary>
    /// <param name="document">The lock.</param>
    /// <param name="previous">The one before, whose notes stay.</param>
    /// <param name="asksAnew">Whether what was built to the same bytes before is built twice again.</param>
    /// <param name="cancellationToken">Ends the builds.</param>
    public async Task<LockDocument> NoteAsync(LockDocument document, LockDocument? previous, bool asksAnew, CancellationToken cancellationToken)
    {
        if (document.Packages.All(package => package.Sdist is null))
            return document;
        var noted = (previous?.Packages ?? []).Where(BuildNote.IsOn).Select(DigestOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var known = asksAnew ? noted : (previous?.Packages ?? []).Select(DigestOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var pin in await BuiltHereAsync(document, cancellationToken).ConfigureAwait(false))
        {
            if (DigestOf(pin.Package) is { } digest && !known.Contains(digest) && await IsOtherEachTimeAsync(pin, cancellationToken).ConfigureAwait(false))
                noted.Add(digest);
        }

        return noted.Count == 0 ? document : document with { Packages = [.. document.Packages.Select(package => DigestOf(package) is { } digest && noted.Contains(digest) ? BuildNote.Add(package) : package)] };
    }

    private Interpreter? Python { get; set; }

    private static string? DigestOf(LockedPackage package) => package.Sdist?.Hashes.Sha256;

    /// <summary>The pins that this machine's environment needs built; none where the lock serves no Python of this machine.</summary>
    private async Task<IReadOnlyList<SelectedPackage>> BuiltHereAsync(LockDocument document, CancellationToken cancellationToken)
    {
        try
        {
            var python = Python = await new PythonSupply(context, manifest, Index.CacheFolder.Default()).Finder.FindAsync(manifest.Python, null, context.Report, cancellationToken).ConfigureAwait(false);
            return [.. LockSelection.Select(document, python.Markers, python.ToTarget().Tags, null, document.DependencyGroups?.Select(ExtraName.Parse).ToList()).Where(pin => !pin.IsWheel && pin.File is not null)];
        }
        catch (DiagnosticException)
        {
            return [];
        }
    }

    private async Task<bool> IsOtherEachTimeAsync(SelectedPackage pin, CancellationToken cancellationToken)
    {
        try
        {
            return await new ManifestBuilds(context, manifest, lockPath).IsReproducibleAsync(pin, Python!, cancellationToken).ConfigureAwait(false) == false;
        }
        catch (DiagnosticException failure)
        {
            // Whether it can be built is asked by who needs it.
            context.Report(Diagnostic.Verbose(failure.Diagnostics[0].Code, $"Whether {pin.Package.Name} is built to the same bytes each time is not known: {failure.Diagnostics[0].Message}"));
            return false;
        }
    }
}
