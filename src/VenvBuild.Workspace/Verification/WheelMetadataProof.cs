using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// Proves, with <c>--online</c>, that every locked wheel asks for what the one that spoke for its release asks for, or that the lock meets
/// what it asks for besides: wheels of one release can disagree.
/// </summary>
internal sealed class WheelMetadataProof(ProofSubject subject, ProofCells cells, IReadOnlyList<PinNode> nodes, PackageIndex index)
{
    private const int Concurrency = 48;

    public Task CheckAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        nodes.Where(node => node.Evidence is { Release: not null, Metadata: not null } && node.Pin.Wheels.Count > 1)
            .SelectMany(node => node.Pin.Wheels.Select(wheel => (node, wheel))),
        new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
        async (pair, token) => await CheckAsync(pair.node, pair.wheel, token).ConfigureAwait(false));

    private async ValueTask CheckAsync(PinNode node, LockedFile wheel, CancellationToken cancellationToken)
    {
        if (node.Evidence.Release!.Files.FirstOrDefault(file => string.Equals(file.FileName, wheel.Name, StringComparison.Ordinal)) is not { } file)
            return;
        var answer = await index.GetMetadataAsync(file, cancellationToken).ConfigureAwait(false);
        lock (subject.Findings)
        {
            if (answer.Metadata is { } metadata)
                Compare(node, wheel, metadata);
            else
                subject.Findings.Unproven($"What {wheel.Name} needs could not be proven: {answer.Problem}.", node.Pin, "Tell whoever runs the index, or ask for another version.");
        }
    }

    private void Compare(PinNode node, LockedFile wheel, CoreMetadata metadata)
    {
        var spoken = node.Evidence.Metadata!.RequiresDist.ToHashSet();
        var other = metadata.RequiresDist.Where(requirement => !spoken.Contains(requirement)).ToList();
        if (other.Count == 0)
            return;
        var counting = new ProofRequirements(subject.Manifest, cells).Of(other.Where(requirement => cells.Knows(requirement.Marker)), null);
        foreach (var cell in node.Cells.Where(cell => cells.Cells[cell].Targets.Any(target => target.Tags.Rank(wheel.Wheel!) is not null)))
        {
            foreach (var requirement in counting.Where(requirement => requirement.Where[cell] && !IsMet(requirement.Requirement, cell)))
            {
                subject.Findings.Wrong(
                    VerificationCodes.UnmetRequirement,
                    $"{wheel.Name} asks for '{requirement.Requirement}', which other wheels of {node.Name} do not, and the lock does not meet it.",
                    node.Pin,
                    cells.Cells[cell].Label,
                    requirement.Requirement,
                    $"Ask for '{requirement.Requirement}' in the manifest, and run 'dotnet pyenv lock'.");
            }
        }
    }

    private bool IsMet(Requirement requirement, int cell) => nodes.Any(node =>
        node.Pin.Name == requirement.Name && node.Cells.Contains(cell) && node.Pin.Version is { } version && requirement.Specifiers.Contains(version));
}
