using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A distribution, or one of its extras, as the solver sees it: the releases there are, and what is known about each.</summary>
internal sealed class SolverPackage
{
    private readonly IReadOnlyList<PackageDependency>?[] _dependencies;

    public SolverPackage(int id, ReleaseList releases, SolverPackage? distribution, ExtraName? extra)
    {
        Id = id;
        List = releases;
        Distribution = distribution ?? this;
        Extra = extra;
        _dependencies = new IReadOnlyList<PackageDependency>?[releases.Releases.Count];
    }

    /// <summary>The order in which packages were met: the requests first, then what they need.</summary>
    public int Id { get; }

    public bool IsRoot => Id == 0;

    public PackageName Name => List.Name;

    /// <summary>The distribution that an extra belongs to; a distribution is its own.</summary>
    public SolverPackage Distribution { get; }

    public ExtraName? Extra { get; }

    public ReleaseList List { get; }

    public int Count => _dependencies.Length;

    /// <summary>
    /// The releases that specifiers stand for. By the object, not by what it says: what many releases state alike is one object already
    /// (<see cref="RequirementCache"/>).
    /// </summary>
    public Dictionary<VersionSpecifiers, IndexSet> Lowered { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The incompatibilities that speak of this package, oldest first.</summary>
    public List<Incompatibility> Incompatibilities { get; } = [];

    /// <summary>Those of them by which a release's metadata refuses the environment's Python.</summary>
    public List<Incompatibility> PythonRefusals { get; } = [];

    /// <summary>How often a release of it was met that what is already decided forbids.</summary>
    public int TimesRefused { get; set; }

    /// <summary>How often what is known of it forbade a release of another.</summary>
    public int TimesInTheWay { get; set; }

    public DecisionPriority Priority { get; set; } = DecisionPriority.AsMet;

    /// <summary>Whether any requirement that was met so far names a pre-release of it.</summary>
    public bool HasPreReleaseRequest { get; set; }

    public IReadOnlyList<PackageDependency>? Dependencies(int version) => _dependencies[version];

    public void SetDependencies(int version, IReadOnlyList<PackageDependency> dependencies) => _dependencies[version] = dependencies;

    public override string ToString() => IsRoot ? "root" : Extra is null ? Name.Value : $"{Name}[{Extra}]";
}
