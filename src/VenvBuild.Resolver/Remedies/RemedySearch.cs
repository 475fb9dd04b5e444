using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// Finds what would help against a refusal. Nothing is guessed: each remedy was tried, by solving the request as it would then be, and is
/// named only where that gave an answer.
/// </summary>
internal sealed class RemedySearch(ResolutionRequest request, IPackageSource source)
{
    // More choices than these help nobody.
    private const int MaxRemedies = 4;

    /// <summary>The remedies as sentences, the one that changes least first.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(RefusedFacts facts, CancellationToken cancellationToken)
    {
        var trial = new Trial(request, source, facts.Table);
        var found = new List<string>();
        IAsyncEnumerable<string>[] seekers = facts.Unknown is { } unknown
            ? [WithheldRemedy.SeekAsync(facts, trial, cancellationToken), TooNewRemedy.SeekAsync(facts, trial, cancellationToken), .. unknown.Package.List is { Warnings.Count: 0, PublishedUntil: null } ? [NameRemedy.SeekAsync(unknown.Package.Name, source, cancellationToken)] : Array.Empty<IAsyncEnumerable<string>>()]
            :
            [
                WithheldRemedy.SeekAsync(facts, trial, cancellationToken),
                TooNewRemedy.SeekAsync(facts, trial, cancellationToken),
                ReleaseRemedy.SeekAsync(facts, trial, cancellationToken),
                EnvironmentRemedy.SeekAsync(facts, trial, cancellationToken),
                BoundRemedy.SeekAsync(facts, trial, cancellationToken),
                OverrideRemedy.SeekAsync(facts, trial, cancellationToken),
            ];
        foreach (var seeker in seekers)
        {
            // To set aside what an author says is no advice where anything else is.
            if (found.Count > 0 && ReferenceEquals(seeker, seekers[^1]))
                break;
            try
            {
                await foreach (var remedy in seeker.ConfigureAwait(false))
                {
                    if (found.Count < MaxRemedies && !found.Contains(remedy, StringComparer.Ordinal))
                        found.Add(remedy);
                }
            }
            catch (DiagnosticException)
            {
                // A place that cannot be asked gives no hint; the refusal itself stands without it.
            }
        }

        return found;
    }
}
