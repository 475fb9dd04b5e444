using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// Walks, in each cell, from the manifest's requests along what each pin's own metadata asks for: every requirement must be met by exactly
/// one pin, and each pin must count exactly where, and with exactly the groups with which, the walk comes to it.
/// </summary>
internal sealed class ReachProof(ProofSubject subject, ProofCells cells, IReadOnlyList<PinNode> nodes, ProofRequirements requirements)
{
    private readonly List<(MarkerSet Asked, List<ProofRequirement> Requirements)> _roots = Roots(subject.Manifest, requirements);
    private readonly ILookup<PackageName, (Requirement Requirement, bool[] Where)> _constraints = subject.Manifest.Constraints
        .Select(constraint => (constraint.Requirement, Where: cells.Holding(constraint.Requirement.Marker, null)))
        .ToLookup(constraint => constraint.Requirement.Name);

    /// <summary>Walks every cell.</summary>
    public void Check()
    {
        for (var cell = 0; cell < cells.Count; cell++)
            Check(cell);
    }

    private static List<(MarkerSet, List<ProofRequirement>)> Roots(Manifest manifest, ProofRequirements requirements)
    {
        var roots = new List<(MarkerSet, List<ProofRequirement>)>
        {
            (MarkerSet.All, requirements.Of(manifest.Requirements.Select(request => request.Requirement), null)),
        };
        roots.AddRange(manifest.Groups.Select(group => (
            MarkerSet.ForField(MarkerFields.DependencyGroups, group.Name.Value),
            requirements.Of(manifest.RequirementsOf(group).Select(request => request.Requirement), null))));
        return roots;
    }

    private void Check(int cell)
    {
        var region = cells.Cells[cell].Region;
        var present = new Dictionary<PackageName, (PinNode Node, MarkerSet Counts)>(nodes.Count);
        foreach (var node in nodes)
        {
            var counts = node.Where.IsAll ? region : region.And(node.Where);
            if (counts.IsEmpty || present.TryAdd(node.Pin.Name, (node, counts)))
                continue;
            var other = present[node.Pin.Name];
            subject.Findings.Wrong(
                VerificationCodes.AmbiguousPin,
                $"{other.Node.Name} and {node.Name} are both pinned for it: {(other.Counts.IsDisjointFrom(counts) ? "which one counts would depend on more than the target" : "both count at once")}.",
                node.Pin,
                cells.Cells[cell].Label);
        }

        var asked = Walk(cell, present);
        foreach (var (node, counts) in present.Values)
        {
            var needed = MarkerSet.None;
            if (asked.TryGetValue((node.Pin.Name, default), out var by))
            {
                node.AskedBy[cell] = by;
                needed = region.And(by);
            }

            CheckCounts(node, counts, needed, cell);
        }
    }

    private Dictionary<(PackageName, ExtraName), MarkerSet> Walk(int cell, Dictionary<PackageName, (PinNode Node, MarkerSet Counts)> present)
    {
        // Which requests lead to a distribution, or to an extra of it: all, or those of some groups.
        var asked = new Dictionary<(PackageName Name, ExtraName Extra), MarkerSet>();
        var open = new Queue<(PinNode Node, ExtraName Extra)>();
        foreach (var (by, root) in _roots)
        {
            foreach (var requirement in root)
                Follow(requirement, by, null);
        }

        while (open.TryDequeue(out var next))
        {
            var by = asked[(next.Node.Pin.Name, next.Extra)];
            foreach (var requirement in next.Node.Requirements(next.Extra))
                Follow(requirement, by, next.Node);
        }

        return asked;

        void Follow(ProofRequirement counting, MarkerSet by, PinNode? asker)
        {
            if (!counting.Where[cell])
                return;
            var requirement = counting.Requirement;
            if (!present.TryGetValue(requirement.Name, out var met))
            {
                subject.Findings.Wrong(
                    VerificationCodes.MissingPin,
                    $"Nothing in the lock meets {Shown(requirement)}, which {Asker(asker)}.",
                    asker?.Pin,
                    cells.Cells[cell].Label,
                    requirement);
                return;
            }

            CheckMeets(requirement, met.Node, asker, cell);
            if (asker is not null && !ReferenceEquals(asker, met.Node))
                asker.Dependencies.Add(met.Node);
            Visit(met.Node, default, by);
            foreach (var extra in requirement.Extras)
                Visit(met.Node, extra, by);
        }

        void Visit(PinNode node, ExtraName extra, MarkerSet by)
        {
            var key = (node.Pin.Name, extra);
            if (asked.TryGetValue(key, out var known))
            {
                var wider = known.Or(by);
                if (wider.Equals(known))
                    return;
                asked[key] = wider;
            }
            else
            {
                asked.Add(key, by);
                if (extra == default)
                    Arrive(node, cell);
            }

            open.Enqueue((node, extra));
        }
    }

    private void Arrive(PinNode node, int cell)
    {
        node.Cells.Add(cell);
        foreach (var (constraint, where) in _constraints[node.Pin.Name])
        {
            if (where[cell] && node.Version is { } version && !constraint.Specifiers.Contains(version))
            {
                subject.Findings.Wrong(
                    VerificationCodes.UnmetRequirement,
                    $"{node.Name} is outside the manifest's constraint {Shown(constraint)}.",
                    node.Pin,
                    cells.Cells[cell].Label,
                    constraint);
            }
        }

        if (node.Evidence.Metadata?.RequiresPython is { } python && !ProofCells.Admits(python, cells.Cells[cell]))
            subject.Findings.Wrong(VerificationCodes.PythonRefused, $"{node.Name} runs on Python {python} only.", node.Pin, cells.Cells[cell].Label);
    }

    private void CheckMeets(Requirement requirement, PinNode node, PinNode? asker, int cell)
    {
        if (requirement.Url is { } address)
        {
            CheckAddress(requirement, address, node, asker, cell);
            return;
        }

        if (node.Version is { } version && !requirement.Specifiers.Contains(version))
        {
            subject.Findings.Wrong(
                VerificationCodes.UnmetRequirement,
                $"{node.Name} does not meet {Shown(requirement)}, which {Asker(asker)}.",
                node.Pin,
                cells.Cells[cell].Label,
                requirement);
        }
    }

    private void CheckAddress(Requirement requirement, string address, PinNode node, PinNode? asker, int cell)
    {
        if (asker is not null && !subject.Manifest.Overrides.Any(entry => Equals(entry.Requirement.Url, address)))
        {
            subject.Findings.Wrong(
                VerificationCodes.ForeignSource,
                $"{asker.Name} asks for {requirement.Name} by an address, which only the manifest may do.",
                asker.Pin,
                cells.Cells[cell].Label,
                requirement);
        }
        else if (node.IsDirect && (node.Evidence.Release is null || string.Equals(node.Evidence.Release.Direct?.Address, Credentials.Strip(address), StringComparison.Ordinal)))
        {
            // What could not be looked at is said of the pin itself.
            node.AskedByAddress.Add(cell);
        }
        else
        {
            subject.Findings.Wrong(
                VerificationCodes.ForeignSource,
                $"{node.Name} does not come from '{Credentials.Strip(address)}', by which the manifest asks for it.",
                node.Pin,
                cells.Cells[cell].Label,
                requirement);
        }
    }

    private void CheckCounts(PinNode node, MarkerSet counts, MarkerSet needed, int cell)
    {
        var target = cells.Cells[cell].Label;
        if (node.IsDirect && !needed.IsEmpty && !node.AskedByAddress.Contains(cell))
            subject.Findings.Wrong(VerificationCodes.ForeignSource, $"{node.Name} comes from an address, and nobody asks for it by one.", node.Pin, target);
        if (counts.Equals(needed))
            return;
        if (needed.IsEmpty)
            subject.Findings.Wrong(VerificationCodes.UnneededPin, $"{node.Name} is pinned, and nothing asks for it.", node.Pin, target);
        else if (!needed.Implies(counts))
            subject.Findings.Wrong(VerificationCodes.MarkerTooNarrow, $"{node.Name} is needed, and its marker '{node.Pin.Marker}' does not always hold.", node.Pin, target);
        else
            subject.Findings.Wrong(VerificationCodes.MarkerTooWide, $"{node.Name} counts also where nothing asks for it: its marker is {(node.Pin.Marker is null ? "missing" : $"'{node.Pin.Marker}'")}.", node.Pin, target);
    }

    private static string Asker(PinNode? asker) => asker is null ? "the manifest asks for" : $"{asker.Name} asks for";

    private static string Shown(Requirement requirement) => $"'{Credentials.Strip(requirement.ToString())}'";
}
