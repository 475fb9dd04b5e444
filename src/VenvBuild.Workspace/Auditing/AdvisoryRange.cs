using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A range of versions as OSV writes it: events on the line of versions, which PEP 440 orders.</summary>
internal sealed class AdvisoryRange(IEnumerable<AdvisoryEvent> events)
{
    private readonly AdvisoryEvent[] _events = [.. events.Where(entry => entry.Kind != AdvisoryEventKind.Limit).OrderBy(entry => entry.Version).ThenBy(entry => entry.Kind)];
    private readonly AdvisoryEvent[] _limits = [.. events.Where(entry => entry.Kind == AdvisoryEventKind.Limit)];

    /// <summary>Whether a version is in the range: the last event that has come about by then made it so.</summary>
    public bool Contains(PackageVersion version)
    {
        if (_limits.Length > 0 && !Array.Exists(_limits, limit => limit.Version is null || version < limit.Version))
            return false;
        var isAffected = false;
        foreach (var entry in _events)
        {
            switch (entry.Kind)
            {
                case AdvisoryEventKind.Introduced when entry.Version is null || version >= entry.Version:
                    isAffected = true;
                    break;
                case AdvisoryEventKind.Fixed when version >= entry.Version!:
                case AdvisoryEventKind.LastAffected when version > entry.Version!:
                    isAffected = false;
                    break;
            }
        }

        return isAffected;
    }

    /// <summary>The first version after this one that is fixed; null where none is.</summary>
    public PackageVersion? FixedAfter(PackageVersion version) =>
        Array.Find(_events, entry => entry is { Kind: AdvisoryEventKind.Fixed, Version: { } known } && known > version)?.Version;
}
