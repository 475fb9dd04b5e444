using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// Proves that a pinned pre-release is one that the manifest admits. "Where necessary" is refused only when a final release would do in
/// its place with all other pins as they are: that a final could be had with others would take a solve to know.
/// </summary>
internal sealed class PreReleaseProof(ProofSubject subject, ProofCells cells, IReadOnlyList<PinNode> nodes)
{
    // A final that is older than these was passed over for better reasons.
    private const int MaxCandidates = 16;

    public async Task CheckAsync(PinNode node, DateTimeOffset? madeAfter, IPackageSource source, CancellationToken cancellationToken)
    {
        if (node.Pin.Version?.IsPreRelease != true || subject.Manifest.PreReleases == PrereleaseMode.Allow)
            return;
        if (subject.Manifest.PreReleases == PrereleaseMode.Disallow)
        {
            subject.Findings.Wrong(VerificationCodes.PreRelease, $"{node.Name} is a pre-release, and the manifest disallows them.", node.Pin);
            return;
        }

        if (subject.WasLocked(node.Pin))
            return;
        foreach (var cell in node.Cells)
        {
            var asked = Asked(node, cell);
            if (asked.Exists(requirement => requirement.Specifiers.NamesPreRelease))
                continue;
            if (await FindFinalAsync(node, cell, asked, madeAfter, source, cancellationToken).ConfigureAwait(false) is not { } final)
                continue;
            subject.Findings.Wrong(
                VerificationCodes.PreRelease,
                $"{node.Name} is a pre-release that nobody asks for, and {final.Name} {final.Version} would do.",
                node.Pin,
                cells.Cells[cell].Label);
        }
    }

    /// <summary>All that is asked of a pin in a cell.</summary>
    private List<Requirement> Asked(PinNode node, int cell)
    {
        // By name first: to decide every marker of every extra costs more than all the rest of the proof.
        var name = node.Pin.Name;
        var requirements = new ProofRequirements(subject.Manifest, cells);
        var asked = new List<Requirement>();
        Add(Roots(), []);
        foreach (var other in nodes)
        {
            if (other.Evidence.Metadata is { } metadata && other.Cells.Contains(cell))
                Add(metadata.RequiresDist, metadata.ProvidesExtra);
        }

        asked.AddRange(subject.Manifest.Constraints.Select(constraint => constraint.Requirement)
            .Where(constraint => constraint.Name == name && cells.Holding(constraint.Marker, null)[cell]));
        return asked;

        // Extras that nobody asked for only add bounds, which can hide a fault here and never accuse the innocent.
        void Add(IEnumerable<Requirement> all, IEnumerable<ExtraName> extras)
        {
            var named = all.Where(requirement => requirement.Name == name).ToList();
            if (named.Count == 0)
                return;
            foreach (var extra in extras.Cast<ExtraName?>().Prepend(null))
                asked.AddRange(requirements.Of(named, extra).Where(counting => counting.Where[cell]).Select(counting => counting.Requirement));
        }
    }

    private IEnumerable<Requirement> Roots() =>
        subject.Manifest.Requirements.Concat(subject.Manifest.Groups.SelectMany(subject.Manifest.RequirementsOf)).Select(request => request.Requirement);

    private async Task<Release?> FindFinalAsync(
        PinNode node, int cell, List<Requirement> asked, DateTimeOffset? madeAfter, IPackageSource source, CancellationToken cancellationToken)
    {
        var environment = cells.Cells[cell];
        var candidates = node.Evidence.List!.Releases
            .Where(release => !release.Version.IsPreRelease && asked.TrueForAll(requirement => requirement.Specifiers.Contains(release.Version)))
            .Where(release => IsUsable(release, environment, madeAfter))
            .TakeLast(MaxCandidates);
        var requirements = new ProofRequirements(subject.Manifest, cells);
        foreach (var release in candidates.Reverse())
        {
            var answer = await source.GetMetadataAsync(release, cancellationToken).ConfigureAwait(false);
            if (answer.Metadata is not { } metadata || metadata.RequiresDist.Any(requirement => !cells.Knows(requirement.Marker)))
                continue;
            var extras = asked.SelectMany(requirement => requirement.Extras).Distinct().Cast<ExtraName?>().Append(null);
            if (ProofCells.Admits(metadata.RequiresPython, environment)
                && extras.All(extra => requirements.Of(metadata.RequiresDist, extra).All(counting => !counting.Where[cell] || IsMet(counting.Requirement, release, cell))))
            {
                return release;
            }
        }

        return null;
    }

    private bool IsMet(Requirement requirement, Release candidate, int cell) =>
        requirement.Url is null && requirement.Extras.Count == 0
        && (requirement.Name == candidate.Name
            ? requirement.Specifiers.Contains(candidate.Version)
            : nodes.Any(node => node.Pin.Name == requirement.Name && node.Cells.Contains(cell) && node.Pin.Version is { } version && requirement.Specifiers.Contains(version)));

    private static bool IsUsable(Release release, ResolutionEnvironment environment, DateTimeOffset? madeAfter)
    {
        var files = release.Files.Where(file => !file.IsYanked && (file.UploadTime is null ? madeAfter is null : file.UploadTime <= madeAfter)
            && ProofCells.Admits(file.RequiresPython, environment)).ToList();
        return environment.Targets.All(target => files.Exists(file => file.Wheel is { } wheel && target.Tags.Rank(wheel) is not null));
    }
}
