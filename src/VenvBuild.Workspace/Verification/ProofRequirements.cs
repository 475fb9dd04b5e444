using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Reads requirements as the manifest lets them count: exclusions are nobody's, an override stands in the place of what it replaces.</summary>
internal sealed class ProofRequirements(Manifest manifest, ProofCells cells)
{
    private readonly HashSet<PackageName> _excluded = [.. manifest.Exclude];
    private readonly ILookup<PackageName, Requirement> _overrides = manifest.Overrides.ToLookup(entry => entry.Requirement.Name, entry => entry.Requirement);

    /// <summary>What requirements ask where one extra of their owner is asked for, or none.</summary>
    public List<ProofRequirement> Of(IEnumerable<Requirement> requirements, ExtraName? extra)
    {
        var counting = new List<ProofRequirement>();
        foreach (var requirement in requirements)
        {
            var where = cells.Holding(requirement.Marker, extra);
            if (_excluded.Contains(requirement.Name) || Array.IndexOf(where, true) < 0)
                continue;
            if (!_overrides.Contains(requirement.Name))
                counting.Add(new(requirement, where));
            foreach (var replacement in _overrides[requirement.Name])
            {
                var both = Both(where, cells.Holding(replacement.Marker, null));
                if (Array.IndexOf(both, true) >= 0)
                    counting.Add(new(WithExtras(replacement, requirement.Extras), both));
            }
        }

        return counting;
    }

    private static bool[] Both(bool[] left, bool[] right)
    {
        var both = new bool[left.Length];
        for (var i = 0; i < both.Length; i++)
            both[i] = left[i] && right[i];
        return both;
    }

    private static Requirement WithExtras(Requirement requirement, IReadOnlyList<ExtraName> extras) =>
        extras.All(requirement.Extras.Contains)
            ? requirement
            : new()
            {
                Name = requirement.Name,
                Extras = [.. requirement.Extras.Union(extras).Order()],
                Specifiers = requirement.Specifiers,
                Url = requirement.Url,
                Marker = requirement.Marker,
            };
}
