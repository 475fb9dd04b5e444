using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A pin of a lock as a part of its graph.</summary>
internal sealed class GraphPin(LockedPackage package)
{
    public LockedPackage Package { get; } = package;

    public PackageName Name => Package.Name;

    /// <summary>What the pin's own metadata says it needs; null where it could not be read.</summary>
    public CoreMetadata? Metadata { get; set; }

    /// <summary>The edges that lead here, the requests' first.</summary>
    public List<GraphEdge> NeededBy { get; } = [];

    /// <summary>The edges that lead on, by name.</summary>
    public List<GraphEdge> Needs { get; } = [];

    /// <summary>The extras that somebody asks of it, in order.</summary>
    public SortedSet<ExtraName> Extras { get; } = [];

    /// <summary>Such as <c>requests 2.32.5</c>.</summary>
    public override string ToString() => $"{Name} {Package.Version?.ToString() ?? "from a source tree"}";
}
