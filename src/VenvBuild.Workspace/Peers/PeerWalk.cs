using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>Walks the requirements over versions that a peer named, to learn where each is needed, by whom, and what is lacking.</summary>
internal sealed class PeerWalk(WorkspaceContext context, Manifest manifest, PackageIndex index, string lockPath)
{
    /// <summary>The requirements that versions leave unmet in one environment.</summary>
    public async Task<IReadOnlyList<Requirement>> LackingAsync(
        ResolutionEnvironment environment, IReadOnlyDictionary<PackageName, PackageVersion> versions, CancellationToken cancellationToken)
    {
        var pins = versions.Select(version => new PeerPin(version.Key, version.Value, environment.Region)).ToList();
        var (_, _, findings) = await WalkAsync(pins, [environment], cancellationToken).ConfigureAwait(false);
        return
        [
            .. findings.ToList()
                .Where(finding => finding.Code is VerificationCodes.MissingPin or VerificationCodes.UnmetRequirement && finding.Requirement is not null)
                .Select(finding => Requirement.Parse(finding.Requirement!)),
        ];
    }

    /// <summary>The versions as a resolution: each where something leads to it, with what it needs there.</summary>
    public async Task<Resolution> ResolutionOfAsync(IReadOnlyList<PeerPin> pins, IReadOnlyList<ResolutionEnvironment> environments, CancellationToken cancellationToken)
    {
        var (nodes, cells, _) = await WalkAsync(pins, environments, cancellationToken).ConfigureAwait(false);
        // An environment that need not be served, and for which the peer named nothing, is left out.
        var served = Enumerable.Range(0, cells.Count)
            .Where(cell => cells.Cells[cell].IsRequired || pins.Any(pin => !pin.Where.IsDisjointFrom(cells.Cells[cell].Region)))
            .ToList();
        var places = served.Select((cell, place) => (cell, place)).ToDictionary(pair => pair.cell, pair => pair.place);
        var region = served.Aggregate(MarkerSet.None, (set, cell) => set.Or(cells.Cells[cell].Region));
        var packages = nodes.Where(node => node.Evidence.Release is not null && node.Cells.Exists(places.ContainsKey))
            .Select(node => new ResolvedPackage(
                node.Evidence.Release!,
                node.Evidence.List!.Index,
                MarkerOf(node, cells, places, region),
                [.. node.Cells.Where(places.ContainsKey).Select(cell => places[cell])],
                node.Evidence.Metadata?.RequiresPython,
                [.. node.Dependencies.Where(other => other.Evidence.Release is not null).Select(other => (other.Pin.Name, other.Evidence.Release!.Version)).Distinct().Order()]))
            .OrderBy(package => package.Name)
            .ThenBy(package => package.Version)
            .ToList();
        return new(packages, [.. served.Select(cell => cells.Cells[cell])], [], new(0, 0, 0, nodes.Count));
    }

    private static MarkerSet MarkerOf(PinNode node, ProofCells cells, Dictionary<int, int> places, MarkerSet served)
    {
        var marker = MarkerSet.None;
        foreach (var cell in node.Cells.Where(places.ContainsKey))
            marker = marker.Or(cells.Cells[cell].Region.And(node.AskedBy[cell]));
        return marker.Equals(served) ? MarkerSet.All : marker.Restrict(served);
    }

    private async Task<(IReadOnlyList<PinNode> Nodes, ProofCells Cells, ProofFindings Findings)> WalkAsync(
        IReadOnlyList<PeerPin> pins, IReadOnlyList<ResolutionEnvironment> environments, CancellationToken cancellationToken)
    {
        var merged = pins.GroupBy(pin => (pin.Name, pin.Version))
            .Select(group => (Pin: new LockedPackage { Name = group.Key.Name, Version = group.Key.Version }, Where: group.Aggregate(MarkerSet.None, (set, pin) => set.Or(pin.Where))))
            .ToList();
        var evidence = await new EvidenceGathering(index).GatherAsync(manifest, [.. merged.Select(pin => pin.Pin)], cancellationToken).ConfigureAwait(false);
        var questions = LockVerification.Questions(manifest, evidence).Concat(merged.Select(pin => pin.Where));
        var cells = ProofCells.Cut(environments, MarkerSet.All, questions) ?? throw new DiagnosticException(ExitCode.Unsatisfiable, Diagnostic.Error(
            VerificationCodes.TooMuch, "The answer tells more environments apart than can be looked at.", remedy: "Narrow 'python' or 'platforms' in the manifest."));
        var requirements = new ProofRequirements(manifest, cells);
        var nodes = evidence.Select((entry, i) => new PinNode(entry, merged[i].Where, requirements)).ToList();
        var findings = new ProofFindings();
        var subject = new ProofSubject(manifest, new() { CreatedBy = "" }, context, Path.GetDirectoryName(lockPath)!, new(), findings)
        {
            Environments = environments,
            Served = MarkerSet.All,
        };
        new ReachProof(subject, cells, nodes, requirements).Check();
        return (nodes, cells, findings);
    }
}
