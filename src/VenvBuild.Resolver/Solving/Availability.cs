using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>Which releases can be used in which environments, and in which order they are tried.</summary>
internal sealed class Availability
{
    private readonly ResolutionRequest _request;
    private readonly EnvironmentTable _environments;
    private readonly DirectRequests _directRequests;
    // By the id of a distribution: for each release the environments that it can not be used in, and where that was not asked for yet, 0.
    private UInt128[]?[] _excluded = new UInt128[]?[64];
    private readonly Dictionary<SolverPackage, int?[]> _preferred = [];
    private readonly HashSet<PackageName> _direct;
    private readonly ILookup<PackageName, Preference> _preferences;
    private readonly ILookup<PackageName, VersionSpecifier> _exactPins;
    private readonly Target[][] _standIns;

    public Availability(ResolutionRequest request, EnvironmentTable environments, DirectRequests directRequests)
    {
        _request = request;
        _environments = environments;
        _directRequests = directRequests;
        _direct = [.. request.Requirements.Concat(request.Groups.SelectMany(group => group.Requirements)).Select(requirement => requirement.Name)];
        _preferences = request.Preferences.ToLookup(preference => preference.Name);
        _exactPins = request.Requirements
            .Concat(request.Groups.SelectMany(group => group.Requirements))
            .Concat(request.Constraints)
            .Concat(request.RunConstraints)
            .Concat(request.Overrides)
            .SelectMany(requirement => requirement.Specifiers.Where(IsExact), (requirement, clause) => (requirement.Name, clause))
            .ToLookup(pin => pin.Name, pin => pin.clause);
        _standIns = [.. environments.Environments.Select(StandIns)];
    }

    /// <summary>The environments that a release can be used in.</summary>
    public UInt128 Mask(SolverPackage package, int version)
    {
        var distribution = package.Distribution;
        if (distribution.Id >= _excluded.Length)
            Array.Resize(ref _excluded, Math.Max(distribution.Id + 1, 2 * _excluded.Length));
        ref var excluded = ref (_excluded[distribution.Id] ??= new UInt128[distribution.Count])[version];
        if (excluded == 0)
            excluded = ~Compute(distribution.List.Releases[version]);
        return ~excluded;
    }

    /// <summary>The releases in the order in which they are to be tried, out of those that are left.</summary>
    public IEnumerable<int> InOrder(SolverPackage package, IndexSet left, bool admitPreReleases, int environment)
    {
        var distribution = package.Distribution;
        var preferred = Preferred(distribution, environment);
        if (preferred is { } pin && left.Contains(pin))
            yield return pin;
        var finalsFirst = !admitPreReleases && _request.Prereleases != PrereleaseMode.Allow;
        var ascending = _request.Mode == ResolutionMode.Lowest
            || (_request.Mode == ResolutionMode.LowestDirect && _direct.Contains(package.Name));
        foreach (var version in Walk(left, ascending))
        {
            if (version != preferred && !(finalsFirst && distribution.List.Releases[version].Version.IsPreRelease))
                yield return version;
        }

        if (!finalsFirst)
            yield break;
        foreach (var version in Walk(left, ascending))
        {
            if (version != preferred && distribution.List.Releases[version].Version.IsPreRelease)
                yield return version;
        }
    }

    /// <summary>
    /// Whether a package may be decided on before another that is in its way. Who asks for the oldest of the direct requests gets it, and
    /// what comes with them must do with that.
    /// </summary>
    public bool MayDecideBefore(SolverPackage package, SolverPackage other) =>
        _request.Mode != ResolutionMode.LowestDirect || _direct.Contains(package.Name) || !_direct.Contains(other.Name);

    /// <summary>The environments in which the same release, or none, is preferred as in this one.</summary>
    public UInt128 SamePreference(SolverPackage package, int environment)
    {
        if (!_preferences.Contains(package.Name))
            return _environments.All;
        var preferred = Preferred(package.Distribution, environment);
        UInt128 same = 0;
        for (var i = 0; i < _environments.Environments.Count; i++)
        {
            if (Preferred(package.Distribution, i) == preferred)
                same |= EnvironmentTable.Bit(i);
        }

        return same;
    }

    /// <summary>Why a release cannot be used in an environment.</summary>
    public Obstacle Obstacle(SolverPackage package, int version, int environment)
    {
        var release = package.List.Releases[version];
        if (IsForbiddenPreRelease(release))
            return new(ObstacleKind.PreRelease, "is a pre-release, which the manifest disallows");
        if (release.Direct is { } direct && !_directRequests.MaskOf(release.Name, direct.Address).Has(environment))
            return new(ObstacleKind.OtherAddress, "is asked for by its address elsewhere only");
        var files = Usable(release);
        if (files.Count == 0)
            return new(ObstacleKind.Yanked, release.Files.FirstOrDefault(file => file.YankedReason is { Length: > 0 }) is { } file ? $"was yanked ({file.YankedReason})" : "was yanked");
        var forPython = files.FindAll(file => _environments.MaskOf(file.RequiresPython).Has(environment));
        if (forPython.Count == 0)
            return new(ObstacleKind.Python, $"needs Python {files[0].RequiresPython}");
        return WheelSummary.Of(forPython, _environments.Environments[environment].Targets) is { } wheels
            ? new(ObstacleKind.NoWheel, $"has no wheel that fits, only {wheels}")
            : new(ObstacleKind.SdistOnly, "has no wheel, only an sdist, and sdists are not allowed");
    }

    private static bool IsExact(VersionSpecifier clause) =>
        clause is { Operator: SpecifierOperator.Equal, IsWildcard: false } or { Operator: SpecifierOperator.Arbitrary };

    private static IEnumerable<int> Walk(IndexSet set, bool ascending)
    {
        for (var i = 0; i < set.IntervalCount; i++)
        {
            var (start, end) = set.Interval(ascending ? i : set.IntervalCount - 1 - i);
            for (var j = 0; j < end - start; j++)
                yield return ascending ? start + j : end - 1 - j;
        }
    }

    /// <summary>Whether anything is preferred at all.</summary>
    public bool HasPreferences => _request.Preferences.Count > 0;

    /// <summary>The release that the previous lock pins there, or null.</summary>
    public int? Preferred(SolverPackage distribution, int environment)
    {
        if (!_preferences.Contains(distribution.Name))
            return null;
        if (!_preferred.TryGetValue(distribution, out var preferred))
        {
            preferred = [.. _environments.Environments.Select(place => FindPreferred(distribution, place))];
            _preferred.Add(distribution, preferred);
        }

        return preferred[environment];
    }

    private int? FindPreferred(SolverPackage distribution, ResolutionEnvironment place)
    {
        foreach (var preference in _preferences[distribution.Name])
        {
            if (preference.Where.IsDisjointFrom(place.Region))
                continue;
            foreach (var (start, _) in VersionSet.Single(preference.Version).RunsIn(distribution.List.Releases, static release => release.Version))
                return start;
        }

        return null;
    }

    private List<IndexFile> Usable(Release release)
    {
        // Only who asks can accept a yanked release, or a lock that has it already: a dependency's pin is nobody's decision here.
        var yankedToo = _exactPins[release.Name].Any(clause => clause.Contains(release.Version))
            || _preferences[release.Name].Any(preference => preference.Version.Equals(release.Version));
        return [.. release.Files.Where(file => yankedToo || !file.IsYanked)];
    }

    private UInt128 Compute(Release release)
    {
        if (IsForbiddenPreRelease(release))
            return 0;
        var asked = release.Direct is { } direct ? _directRequests.MaskOf(release.Name, direct.Address) : _environments.All;
        if (release.IsSourceAtAddress)
            return asked;
        UInt128 mask = 0;
        var files = Usable(release);
        var sdistWillDo = _request.AllowSdist(release.Name);
        for (var i = 0; i < _environments.Environments.Count; i++)
        {
            var environment = _environments.Environments[i];
            if (Serve(files, i, _standIns[i], sdistWillDo) || (!environment.IsRequired && Serve(files, i, environment.Targets, sdistWillDo)))
                mask |= EnvironmentTable.Bit(i);
        }

        return mask & asked;
    }

    private bool IsForbiddenPreRelease(Release release) =>
        _request.Prereleases == PrereleaseMode.Disallow && release.Version.IsPreRelease && release.Direct is null;

    private bool Serve(List<IndexFile> files, int environment, IReadOnlyList<Target> targets, bool sdistWillDo)
    {
        for (var i = 0; i < targets.Count; i++)
        {
            if (!Serve(files, environment, targets[i], sdistWillDo))
                return false;
        }

        return true;
    }

    private bool Serve(List<IndexFile> files, int environment, Target target, bool sdistWillDo)
    {
        foreach (var file in files)
        {
            if (Serves(file, target, sdistWillDo) && _environments.MaskOf(file.RequiresPython).Has(environment))
                return true;
        }

        return false;
    }

    private static bool Serves(IndexFile file, Target target, bool sdistWillDo) =>
        file.Wheel is { } wheel ? target.Tags.Rank(wheel) is not null : sdistWillDo;

    /// <summary>
    /// The targets whose wheels will do. What must be served needs its own. A newer minor of an open range need not be served by a wheel
    /// yet, and going back through old releases in search of one would serve nobody: for it, a wheel that serves the platform's lowest
    /// minor will do.
    /// </summary>
    private Target[] StandIns(ResolutionEnvironment environment)
    {
        if (environment.IsRequired)
            return [.. environment.Targets];
        var required = _environments.Environments.FirstOrDefault(other => other.IsRequired
            && other.Representative.SysPlatform == environment.Representative.SysPlatform
            && other.Representative.PlatformMachine == environment.Representative.PlatformMachine);
        return [.. (required ?? environment).Targets];
    }
}
