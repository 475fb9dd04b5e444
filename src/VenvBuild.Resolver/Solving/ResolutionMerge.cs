using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>Joins the answers for the environments into pins with markers that say where each is needed.</summary>
internal sealed class ResolutionMerge(ResolutionRequest request, PackageTable table, List<Diagnostic> warnings, SolveCounters counters)
{
    // Bit 0: asked for by the plain requirements, or by what they need; bit g+1: by group g.
    private const ulong Plain = 1;

    private readonly IReadOnlyList<ResolutionEnvironment> _environments = table.Environments.Environments;
    private readonly Dictionary<UInt128, MarkerSet> _regions = [];
    private readonly SortedSet<string> _unknownExtras = new(StringComparer.Ordinal);

    public Resolution Merge(IReadOnlyList<EnvironmentAnswer> answers, UInt128 unserved)
    {
        var pins = new Dictionary<(SolverPackage Package, int Version), Pin>();
        foreach (var answer in answers)
            Add(answer, pins);
        var served = table.Environments.All & ~unserved;
        var places = served.Members().Select((environment, place) => (environment, place)).ToDictionary(pair => pair.environment, pair => pair.place);
        var packages = pins.Values
            .OrderBy(pin => pin.Package.Name)
            .ThenBy(pin => pin.Version)
            .Select(pin => new ResolvedPackage(
                pin.Package.List.Releases[pin.Version],
                pin.Package.List.Releases[pin.Version].Direct is null ? pin.Package.List.Index : null,
                MarkerOf(pin, served),
                [.. pin.Environments.Members().Select(environment => places[environment])],
                table.RequiresPython(pin.Package, pin.Version),
                [.. pin.Dependencies.Select(needed => (needed.Package.Name, needed.Package.List.Releases[needed.Version].Version)).Distinct().Order()]))
            .ToList();
        foreach (var list in pins.Values.Select(pin => pin.Package.List).Distinct().OrderBy(list => list.Name))
            warnings.AddRange(list.Warnings);
        WarnOfMissingWheels(pins.Values);
        WarnOfDoubtful(packages);
        return new(
            packages,
            [.. served.Members().Select(environment => _environments[environment])],
            warnings,
            counters.ToStatistics(table.Count));
    }

    private void Add(EnvironmentAnswer answer, Dictionary<(SolverPackage, int), Pin> pins)
    {
        // By the id of a package.
        var versions = new int[table.Count + 1];
        foreach (var (package, version) in answer.Decisions)
            versions[package.Id] = version;
        var reachedBy = new ulong[table.Count + 1];
        foreach (var package in Reach(answer, versions, reachedBy))
        {
            var version = versions[package.Id];
            if (package.Extra is not null && table.LacksExtra(package, version))
                _unknownExtras.Add($"{package.Name} {package.List.Releases[version].Version} has no extra '{package.Extra}'");
            var key = (package.Distribution, version);
            if (!pins.TryGetValue(key, out var pin))
                pins.Add(key, pin = new(package.Distribution, version, _environments.Count));
            pin.Environments |= answer.Environments;
            foreach (var environment in answer.Environments.Members())
                pin.ReachedBy[environment] |= reachedBy[package.Id];
            foreach (var dependency in package.Dependencies(version)!)
            {
                var needed = dependency.Package.Distribution;
                if (dependency.Environments.Has(answer.Environment) && !ReferenceEquals(needed, package.Distribution))
                    pin.Dependencies.Add((needed, versions[needed.Id]));
            }
        }
    }

    /// <summary>What the requests reach, and from which groups: decisions that nothing leads to any more are not among it.</summary>
    private static List<SolverPackage> Reach(EnvironmentAnswer answer, int[] versions, ulong[] reachedBy)
    {
        var reached = new List<SolverPackage>(answer.Decisions.Count);
        var open = new Queue<SolverPackage>();
        foreach (var request in answer.Root.Dependencies(0)!)
            Visit(request, Plain << (request.Group + 1));
        while (open.TryDequeue(out var package))
        {
            foreach (var dependency in package.Dependencies(versions[package.Id])!)
                Visit(dependency, reachedBy[package.Id]);
        }

        return reached;

        void Visit(PackageDependency dependency, ulong by)
        {
            if (!dependency.Environments.Has(answer.Environment))
                return;
            ref var known = ref reachedBy[dependency.Package.Id];
            if ((known | by) == known)
                return;
            if (known == 0)
                reached.Add(dependency.Package);
            known |= by;
            open.Enqueue(dependency.Package);
        }
    }

    private MarkerSet MarkerOf(Pin pin, UInt128 served)
    {
        var always = pin.Environments.Members().All(environment => (pin.ReachedBy[environment] & Plain) != 0);
        if (always && pin.Environments == served)
            return MarkerSet.All;
        var marker = MarkerSet.None;
        foreach (var group in pin.Environments.Members().GroupBy(environment => pin.ReachedBy[environment] is var by && (by & Plain) != 0 ? Plain : by))
        {
            UInt128 where = 0;
            foreach (var environment in group)
                where |= EnvironmentTable.Bit(environment);
            marker = marker.Or(Region(where).And(AskedBy(group.Key)));
        }

        return marker.Restrict(Region(served));
    }

    private MarkerSet Region(UInt128 environments)
    {
        if (!_regions.TryGetValue(environments, out var region))
        {
            region = environments.Members().Aggregate(MarkerSet.None, (set, i) => set.Or(_environments[i].Region));
            _regions.Add(environments, region);
        }

        return region;
    }

    private MarkerSet AskedBy(ulong groups)
    {
        if ((groups & Plain) != 0)
            return MarkerSet.All;
        var marker = MarkerSet.None;
        for (var i = 0; i < request.Groups.Count; i++)
        {
            if ((groups & (Plain << (i + 1))) != 0)
                marker = marker.Or(MarkerSet.Of(Marker.Parse($"'{request.Groups[i].Group}' in dependency_groups")));
        }

        return marker;
    }

    private void WarnOfDoubtful(List<ResolvedPackage> packages)
    {
        foreach (var text in _unknownExtras)
            warnings.Add(Diagnostic.Warning(ResolverCodes.UnknownExtra, $"{text}: nothing comes of it.", remedy: "Check the extra's spelling."));
        foreach (var package in packages.Where(package => package.Release.Direct is null && package.Release.Files.All(file => file.IsYanked)))
        {
            var reason = package.Release.Files.FirstOrDefault(file => file.YankedReason is not null)?.YankedReason;
            warnings.Add(Diagnostic.Warning(
                ResolverCodes.Yanked,
                $"{package.Name} {package.Version} was yanked{(reason is null ? "" : $": {reason}")}.",
                remedy: "Ask for another version when you can."));
        }
    }

    private void WarnOfMissingWheels(IEnumerable<Pin> pins)
    {
        var lacking = new SortedDictionary<int, List<string>>();
        foreach (var pin in pins)
        {
            var release = pin.Package.List.Releases[pin.Version];
            // What may be built from its source needs no wheel.
            if (release.IsSourceAtAddress || (request.AllowSdist(release.Name) && release.Files.Any(file => file.Sdist is not null)))
                continue;
            var wheels = release.Files.Select(file => file.Wheel?.Tags).OfType<WheelTagSet>().Distinct().ToList();
            foreach (var environment in pin.Environments.Members().Where(i => !_environments[i].IsRequired))
            {
                if (_environments[environment].Targets.All(target => wheels.Exists(tags => target.Tags.Rank(tags) is not null)))
                    continue;
                if (!lacking.TryGetValue(environment, out var names))
                    lacking.Add(environment, names = []);
                names.Add($"{release.Name} {release.Version}");
            }
        }

        foreach (var alike in lacking.GroupBy(entry => string.Join(", ", entry.Value.Order(StringComparer.Ordinal)), entry => entry.Key, StringComparer.Ordinal))
        {
            warnings.Add(Diagnostic.Warning(
                ResolverCodes.NoWheelForOptional,
                $"There is no wheel yet for {alike.Key} on {string.Join("; ", alike.Select(environment => _environments[environment].Label))}: 'sync' will fail there.",
                remedy: "Give 'python' an upper bound to say that it need not be served."));
        }
    }

    /// <summary>A pin as the answers add to it.</summary>
    private sealed class Pin(SolverPackage package, int version, int environments)
    {
        public SolverPackage Package { get; } = package;

        public int Version { get; } = version;

        public UInt128 Environments { get; set; }

        /// <summary>For each environment, which requests lead to the pin.</summary>
        public ulong[] ReachedBy { get; } = new ulong[environments];

        public HashSet<(SolverPackage Package, int Version)> Dependencies { get; } = [];
    }
}
