namespace VenvBuild.Resolver;

/// <summary>What a refusal rests on, for those who seek a remedy.</summary>
internal sealed class RefusedFacts
{
    public RefusedFacts(Incompatibility failure, IReadOnlyList<int> environments, PackageTable table)
    {
        Environments = environments;
        Table = table;
        Facts = [.. Refusal.Externals(failure)];
        var dependencies = Facts.Select(fact => fact.Cause).OfType<Cause.Dependency>().ToList();
        Requests = [.. dependencies.Where(cause => cause.Depender.IsRoot).Select(cause => cause.Requirement).DistinctBy(request => (request.Requirement, request.Group)).OrderBy(request => request.Package.Id)];
        Unknown = Requests.FirstOrDefault(request => request.Package.Count == 0);
        Packages = [.. Facts.SelectMany(fact => fact.Terms).Select(term => term.Package)
            .Concat(dependencies.Select(cause => cause.Requirement.Package)).Select(package => package.Distribution).Where(package => !package.IsRoot).Distinct().OrderBy(package => package.Id)];
    }

    /// <summary>The environments that cannot be served.</summary>
    public IReadOnlyList<int> Environments { get; }

    public PackageTable Table { get; }

    public IReadOnlyList<Incompatibility> Facts { get; }

    /// <summary>The requests among the facts, in the order in which they were written.</summary>
    public IReadOnlyList<PackageDependency> Requests { get; }

    /// <summary>A request for a name that no index has.</summary>
    public PackageDependency? Unknown { get; }

    /// <summary>The distributions that the facts speak of, those that were met first in front.</summary>
    public IReadOnlyList<SolverPackage> Packages { get; }

    /// <summary>
    /// The releases that are asked for and that cannot be used, newest first, with the reason; of a package that several facts bound, those
    /// that at least one of them allows.
    /// </summary>
    public IEnumerable<(SolverPackage Package, int Version, Obstacle Obstacle)> Obstacles()
    {
        foreach (var package in Packages)
        {
            var asked = Facts.Select(fact => fact.Cause).OfType<Cause.Dependency>()
                .Where(cause => ReferenceEquals(cause.Requirement.Package.Distribution, package))
                .Select(cause => cause.Requirement.Set)
                .Aggregate(IndexSet.Empty, (all, set) => all.Union(set));
            for (var version = package.Count - 1; version >= 0; version--)
            {
                if (!asked.Contains(version))
                    continue;
                var mask = Table.Availability.Mask(package, version);
                foreach (var environment in Environments.Where(environment => !mask.Has(environment)).Take(1))
                    yield return (package, version, Table.Availability.Obstacle(package, version, environment));
            }
        }
    }
}
