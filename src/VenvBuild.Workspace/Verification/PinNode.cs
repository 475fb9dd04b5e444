using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A pin as the walk over the requirements meets it.</summary>
internal sealed class PinNode(PinEvidence evidence, MarkerSet where, ProofRequirements requirements)
{
    private readonly Dictionary<ExtraName, List<ProofRequirement>> _requirements = [];

    public PinEvidence Evidence { get; } = evidence;

    public LockedPackage Pin => Evidence.Pin;

    /// <summary>The version: the lock's, or that of the folder that the pin is of; null where neither is known.</summary>
    public PackageVersion? Version => Pin.Version ?? Evidence.Metadata?.Version;

    /// <summary>Whether the pin is of what lies at an address of its own.</summary>
    public bool IsDirect => Pin.Vcs is not null || Pin.Directory is not null || Pin.Archive is not null;

    /// <summary>The cells in which the manifest asks for the pin by its address.</summary>
    public HashSet<int> AskedByAddress { get; } = [];

    public string Name { get; } = ProofFindings.NameOf(evidence.Pin);

    /// <summary>Where the pin's marker holds.</summary>
    public MarkerSet Where { get; } = where;

    /// <summary>The cells in which something leads to the pin, in order.</summary>
    public List<int> Cells { get; } = [];

    /// <summary>For each of these cells, which requests lead there: all, or those of some groups.</summary>
    public Dictionary<int, MarkerSet> AskedBy { get; } = [];

    /// <summary>The pins that it needs directly in some cell.</summary>
    public HashSet<PinNode> Dependencies { get; } = [];

    /// <summary>What the pin asks for where one of its extras is asked for (the default value stands for none).</summary>
    public List<ProofRequirement> Requirements(ExtraName extra)
    {
        if (!_requirements.TryGetValue(extra, out var list))
        {
            list = Evidence.Metadata is { } metadata ? requirements.Of(metadata.RequiresDist, extra == default ? null : extra) : [];
            _requirements.Add(extra, list);
        }

        return list;
    }
}
