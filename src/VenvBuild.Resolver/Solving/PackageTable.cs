using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// The packages that a solve has met, with what was learnt about them: shared by all environments, so that a page is read, a requirement
/// lowered and a lesson learnt once.
/// </summary>
internal sealed class PackageTable
{
    private readonly ResolutionRequest _request;
    private readonly IPackageSource _source;
    private readonly ILookup<PackageName, Requirement> _constraints;
    private readonly ILookup<PackageName, Requirement> _overrides;
    private readonly DirectRequests _direct;
    private readonly Dictionary<(PackageName, ExtraName), SolverPackage> _packages = [];
    private readonly Dictionary<(PackageName, int), VersionSpecifiers?> _requiresPython = [];
    private readonly HashSet<(SolverPackage, int)> _unknownExtras = [];
    private readonly Dictionary<(int Depender, int Package, UInt128 Environments, IndexSet Set, bool NamesPreRelease), Incompatibility> _dependencyClauses = [];

    // How many incompatibilities were attached.
    private int _attached;

    public PackageTable(ResolutionRequest request, EnvironmentTable environments, IPackageSource source)
    {
        _request = request;
        _source = source;
        _constraints = request.Constraints.Concat(request.RunConstraints).ToLookup(constraint => constraint.Name);
        _overrides = request.Overrides.ToLookup(requirement => requirement.Name);
        Environments = environments;
        _direct = new(request, environments);
        Availability = new(request, environments, _direct);
        var releases = new Release[] { new(default, PackageVersion.FromRelease(0), []) };
        Root = new(0, new(default, releases), null, null);
    }

    /// <summary>What is asked.</summary>
    public ResolutionRequest Request => _request;

    public EnvironmentTable Environments { get; }

    public Availability Availability { get; }

    public SolverPackage Root { get; }

    public IProgress<ResolutionStatistics>? Progress => _request.Progress;

    /// <summary>How many packages were met.</summary>
    public int Count => _packages.Count;

    /// <summary>The Pythons that a release whose metadata was read says it runs on.</summary>
    public VersionSpecifiers? RequiresPython(SolverPackage package, int version) => _requiresPython.GetValueOrDefault((package.Name, version));

    /// <summary>Whether the metadata of a release was read, and can be used.</summary>
    public bool HasRead(Release release)
    {
        if (!_packages.TryGetValue((release.Name, default), out var package))
            return false;
        for (var i = 0; i < package.Count; i++)
        {
            if (package.List.Releases[i].Version.Equals(release.Version))
                return _requiresPython.ContainsKey((release.Name, i));
        }

        return false;
    }

    /// <summary>Whether a release whose metadata was read does not offer the extra that is asked of it.</summary>
    public bool LacksExtra(SolverPackage package, int version) => _unknownExtras.Contains((package, version));

    /// <summary>Makes an incompatibility known to the packages that it speaks of.</summary>
    public void Attach(Incompatibility incompatibility) => incompatibility.Attach(_attached++);

    /// <summary>Lowers the requests and adds what they say.</summary>
    public async Task AddRootAsync(CancellationToken cancellationToken)
    {
        var requests = _request.Requirements.Select(requirement => (requirement, -1))
            .Concat(_request.Groups.SelectMany((group, place) => group.Requirements.Select(requirement => (requirement, place))));
        var dependencies = await LowerAsync(requests, null, cancellationToken).ConfigureAwait(false);
        Root.SetDependencies(0, dependencies);
        foreach (var dependency in dependencies)
            AddDependency(Root, 0, dependency);
    }

    /// <summary>
    /// What a release needs, lowered once; null with an incompatibility added when its metadata cannot be used. The clauses that are new
    /// are given to <paramref name="added"/>.
    /// </summary>
    public async ValueTask<IReadOnlyList<PackageDependency>?> DependenciesAsync(
        SolverPackage package, int version, List<Incompatibility> added, CancellationToken cancellationToken)
    {
        if (package.Dependencies(version) is { } known)
            return known;
        var release = package.List.Releases[version];
        var answer = await _source.GetMetadataAsync(release, cancellationToken).ConfigureAwait(false);
        if (answer.Metadata is not { } metadata)
        {
            Attach(new([Term.Positive(package, IndexSet.Single(version))], new Cause.Unusable(answer.Problem!), Environments.All));
            return null;
        }

        if (metadata.RequiresDist.FirstOrDefault(requirement => IsForeignAddress(release, requirement, package.Extra)) is { } direct)
        {
            var problem = release.Direct is null
                ? $"it needs {direct.Name} from an address, and what an index serves may not name addresses"
                : $"it needs {direct.Name} from an address that the requests do not name";
            Attach(new([Term.Positive(package, IndexSet.Single(version))], new Cause.Unusable(problem), Environments.All));
            return null;
        }

        if (package.Extra is { } extra && !metadata.ProvidesExtra.Contains(extra))
            _unknownExtras.Add((package, version));
        var refused = Environments.All & ~Environments.MaskOf(metadata.RequiresPython);
        if (refused != 0)
        {
            var refusal = new Incompatibility([Term.Positive(package, IndexSet.Single(version))], new Cause.PythonRefused(metadata.RequiresPython!), refused);
            package.PythonRefusals.Add(refusal);
            Attach(refusal);
        }

        var requirements = metadata.RequiresDist.Select(requirement => (requirement, -1));
        var dependencies = await LowerAsync(requirements, package.Extra, cancellationToken).ConfigureAwait(false);
        package.SetDependencies(version, dependencies);
        _requiresPython[(package.Name, version)] = metadata.RequiresPython;
        if (package.Extra is not null)
        {
            var same = IndexSet.Single(version);
            var sameVersion = new Incompatibility(
                [Term.Positive(package, same), Term.Negative(package.Distribution, same)], Cause.Extra.Instance, Environments.All);
            Attach(sameVersion);
            added.Add(sameVersion);
        }

        foreach (var dependency in dependencies)
            added.Add(AddDependency(package, version, dependency));
        return dependencies;
    }

    /// <summary>The releases of a package that match a requirement: of one with an address, the release that lies there.</summary>
    private static IndexSet Lower(Requirement requirement, SolverPackage package) => requirement.Url is { } address
        ? IndexSet.Of([.. package.List.Releases.Select(release => string.Equals(release.Direct?.Address, address, StringComparison.Ordinal))])
        : Lower(requirement.Specifiers, package);

    private static IndexSet Lower(VersionSpecifiers specifiers, SolverPackage package)
    {
        if (!package.Lowered.TryGetValue(specifiers, out var set))
            package.Lowered.Add(specifiers, set = Lower(specifiers, package.List));
        return set;
    }

    private static IndexSet Lower(VersionSpecifiers specifiers, ReleaseList list)
    {
        if (specifiers.Count == 0)
            return IndexSet.Range(0, list.Releases.Count);
        if (specifiers.HasArbitrary)
            return IndexSet.Of([.. list.Releases.Select(release => specifiers.Contains(release.Version))]);
        var set = IndexSet.Empty;
        foreach (var (start, end) in specifiers.Set.RunsIn(list.Releases, static release => release.Version))
            set = set.Union(IndexSet.Range(start, end));
        return set;
    }

    private async ValueTask<IReadOnlyList<PackageDependency>> LowerAsync(
        IEnumerable<(Requirement Requirement, int Group)> requirements, ExtraName? extra, CancellationToken cancellationToken)
    {
        var wanted = new List<(Requirement Requirement, int Group, UInt128 Environments)>();
        foreach (var (requirement, group) in requirements)
        {
            var environments = Environments.MaskOf(requirement.Marker, extra);
            if (environments == 0 || _request.Excludes.Contains(requirement.Name))
                continue;
            if (!_overrides.Contains(requirement.Name))
                wanted.Add((requirement, group, environments));
            foreach (var replacement in _overrides[requirement.Name])
            {
                var replaced = environments & Environments.MaskOf(replacement.Marker, null);
                if (replaced != 0)
                    wanted.Add((WithExtras(replacement, requirement.Extras), group, replaced));
            }
        }

        foreach (var (requirement, _, _) in wanted)
        {
            if (!_packages.ContainsKey((requirement.Name, default)) && _direct.MaskOf(requirement.Name) == 0)
                _source.Prefetch(requirement.Name, requirement.Specifiers);
        }

        var dependencies = new List<PackageDependency>(wanted.Count);
        foreach (var (requirement, group, environments) in wanted)
        {
            var package = await DistributionAsync(requirement.Name, cancellationToken).ConfigureAwait(false);
            var set = Lower(requirement, package);
            package.HasPreReleaseRequest |= requirement.Specifiers.NamesPreRelease;
            dependencies.Add(new(requirement, package, set, environments) { Group = group });
            foreach (var name in requirement.Extras)
                dependencies.Add(new(requirement, WithExtra(package, name), set, environments) { Group = group });
        }

        return dependencies;
    }

    /// <summary>
    /// Whether a release asks for an address that nobody decided on: what an index serves may name none, and what a person asks for by
    /// address only such as that person asks for, too.
    /// </summary>
    private bool IsForeignAddress(Release release, Requirement requirement, ExtraName? extra) =>
        requirement.Url is { } address
        && !_overrides.Contains(requirement.Name)
        && !_request.Excludes.Contains(requirement.Name)
        && (release.Direct is null || _direct.MaskOf(requirement.Name, address) == 0)
        && Environments.MaskOf(requirement.Marker, extra) != 0;

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

    private async ValueTask<SolverPackage> DistributionAsync(PackageName name, CancellationToken cancellationToken)
    {
        if (_packages.TryGetValue((name, default), out var known))
            return known;
        var list = await ListAsync(name, cancellationToken).ConfigureAwait(false);
        var package = new SolverPackage(_packages.Count + 1, list, null, null);
        _packages.Add((name, default), package);
        foreach (var constraint in _constraints[name])
        {
            var forbidden = Lower(constraint.Specifiers, package).Complement(package.Count);
            var environments = Environments.MaskOf(constraint.Marker, null);
            package.HasPreReleaseRequest |= constraint.Specifiers.NamesPreRelease;
            if (!forbidden.IsEmpty && environments != 0)
                Attach(new([Term.Positive(package, forbidden)], new Cause.Constraint(constraint), environments));
        }

        return package;
    }

    private async ValueTask<ReleaseList> ListAsync(PackageName name, CancellationToken cancellationToken)
    {
        var asked = _direct.MaskOf(name);
        var list = asked == Environments.All
            ? new(name, [])
            : await _source.GetReleasesAsync(name, cancellationToken).ConfigureAwait(false);
        if (asked == 0)
            return list;
        var releases = list.Releases.ToList();
        foreach (var address in _direct.AddressesOf(name))
            releases.Add(await _source.GetDirectAsync(name, address, cancellationToken).ConfigureAwait(false));
        // Stable: of equal versions, that which lies at an address comes after that of an index.
        return list with { Releases = [.. releases.OrderBy(release => release.Version)] };
    }

    private SolverPackage WithExtra(SolverPackage distribution, ExtraName extra)
    {
        if (!_packages.TryGetValue((distribution.Name, extra), out var package))
        {
            package = new(_packages.Count + 1, distribution.List, distribution, extra);
            _packages.Add((distribution.Name, extra), package);
        }

        return package;
    }

    /// <summary>
    /// Adds what a dependency says. Releases of one depender that ask for the same are told in one statement, which keeps propagation
    /// from growing with every release that was tried.
    /// </summary>
    private Incompatibility AddDependency(SolverPackage depender, int version, PackageDependency dependency)
    {
        // Who names a pre-release admits them all: that must not be said of a release that asks for the same versions without.
        var namesPreRelease = dependency.Package.HasPreReleaseRequest && dependency.Requirement.Specifiers.NamesPreRelease;
        var key = (depender.Id, dependency.Package.Id, dependency.Environments, dependency.Set, namesPreRelease);
        var releases = IndexSet.Single(version);
        if (_dependencyClauses.TryGetValue(key, out var told) && told.Terms.Length > 0 && ReferenceEquals(told.Terms[0].Package, depender))
        {
            releases = releases.Union(told.Terms[0].Set);
            told.Replace();
        }

        Term[] terms = ReferenceEquals(depender, dependency.Package)
            ? [Term.Positive(depender, releases.Except(dependency.Set))]
            : [Term.Positive(depender, releases), Term.Negative(dependency.Package, dependency.Set)];
        var incompatibility = new Incompatibility(terms, new Cause.Dependency(depender, version, dependency), dependency.Environments);
        _dependencyClauses[key] = incompatibility;
        Attach(incompatibility);
        return incompatibility;
    }
}
