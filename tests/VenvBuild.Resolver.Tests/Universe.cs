using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

/// <summary>A small world of distributions, written line by line, that answers as an index would.</summary>
internal sealed class Universe : IPackageSource, IWithheldReleases
{
    /// <summary>After this instant nothing is offered, where a release is withheld for that.</summary>
    private static readonly DateTimeOffset Until = new(2024, 1, 2, 0, 0, 0, TimeSpan.Zero);

    public static readonly IReadOnlyList<ResolutionEnvironment> Linux311 = [Environment("linux-x64", 11)];

    private readonly Dictionary<PackageName, List<Release>> _releases = [];
    private readonly Dictionary<(PackageName, PackageVersion), CoreMetadata> _metadata = [];
    private readonly Dictionary<(PackageName, string), Release> _direct = [];
    private readonly Dictionary<string, CoreMetadata> _laid = new(StringComparer.Ordinal);

    private readonly List<WithheldRelease> _withheld = [];
    private readonly HashSet<PackageName> _quarantined = [];

    /// <summary>How often metadata was asked for.</summary>
    public int MetadataAsked { get; private set; }

    /// <summary>The names that the index was asked for.</summary>
    public HashSet<PackageName> Asked { get; } = [];

    public IEnumerable<PackageName> Names => _releases.Keys;

    public IReadOnlyList<Release> Releases(PackageName name) => _releases.TryGetValue(name, out var releases) ? releases : [];

    public CoreMetadata Metadata(Release release) => _metadata[(release.Name, release.Version)];

    /// <summary>One platform with one minor.</summary>
    public static ResolutionEnvironment Environment(string platform, int minor, bool isRequired = true)
    {
        var target = new Target(Platform.Parse(platform), new PythonMinor(3, minor));
        var python = target.Python.Versions.Intersect(VersionSpecifiers.Parse($">=3.{minor}").Set);
        var representative = target.ToMarkerEnvironment(PackageVersion.Parse($"3.{minor}.5"));
        var region = MarkerSet.ForPython(python)
            .And(MarkerSet.ForField(MarkerFields.SysPlatform, representative.SysPlatform))
            .And(MarkerSet.ForField(MarkerFields.PlatformMachine, representative.PlatformMachine));
        return new($"{platform}, Python 3.{minor}", region, representative, python, [target]) { IsRequired = isRequired };
    }

    public static IReadOnlyList<ResolutionEnvironment> Grid(string platforms, params int[] minors) =>
        [.. from platform in platforms.Split(' ') from minor in minors select Environment(platform, minor)];

    /// <summary>Adds a release: <c>"a 1.0", "b&gt;=1", "c; sys_platform == 'win32'"</c>.</summary>
    public Universe Add(string release, params string[] requires) => Add(release, null, ["py3-none-any"], false, requires);

    public Universe Add(string release, string? requiresPython, string[] tags, bool isYanked, params string[] requires)
    {
        var parts = release.Split(' ');
        var (name, version) = (PackageName.Parse(parts[0]), PackageVersion.Parse(parts[1]));
        var requirements = requires.Select(Requirement.Parse).ToList();
        var python = requiresPython is null ? null : VersionSpecifiers.Parse(requiresPython);
        var files = tags.Select(tag => tag == "sdist" ? $"{name.Value.Replace('-', '_')}-{version}.tar.gz" : $"{name.Value.Replace('-', '_')}-{version}-{tag}.whl")
            .Select(file => new IndexFile
            {
                FileName = file,
                Url = new($"https://index.test/{file}"),
                Wheel = WheelFileName.TryParse(file, out var wheel) ? wheel : null,
                Sdist = SdistFileName.TryParse(file, out var sdist) ? sdist : null,
                RequiresPython = python,
                IsYanked = isYanked,
            })
            .ToList();
        if (!_releases.TryGetValue(name, out var releases))
            _releases.Add(name, releases = []);
        releases.Add(new(name, version, files));
        releases.Sort((left, right) => left.Version.CompareTo(right.Version));
        var extras = requirements.SelectMany(requirement => ExtrasOf(requirement.Marker)).Distinct().ToList();
        _metadata[(name, version)] = new()
        {
            MetadataVersion = "2.1",
            Name = name,
            Version = version,
            RequiresDist = requirements,
            RequiresPython = python,
            ProvidesExtra = extras,
        };
        return this;
    }

    /// <summary>Lays a release at an address, where no index offers it: <c>"a 1.0"</c>.</summary>
    public Universe Lay(string address, string release, string[] tags, params string[] requires)
    {
        var name = PackageName.Parse(release.Split(' ')[0]);
        var known = _releases.TryGetValue(name, out var offered) ? offered.ToList() : null;
        var key = (name, PackageVersion.Parse(release.Split(' ')[1]));
        var replaced = _metadata.GetValueOrDefault(key);
        if (known is not null)
            _releases[name] = [];
        Add(release, null, tags, false, requires);
        _laid[address] = _metadata[key];
        if (replaced is not null)
            _metadata[key] = replaced;
        var added = _releases[name].Single(candidate => candidate.Version.ToString() == release.Split(' ')[1]);
        _direct[(name, address)] = added with { Direct = new(address, new Uri(address)) };
        if (known is null)
            _releases.Remove(name);
        else
            _releases[name] = known;
        return this;
    }

    /// <summary>Says which index releases come from.</summary>
    public Universe At(string index, params string[] releases)
    {
        foreach (var parts in releases.Select(release => release.Split(' ')))
        {
            var known = _releases[PackageName.Parse(parts[0])];
            var i = known.FindIndex(release => release.Version.Equals(PackageVersion.Parse(parts[1])));
            known[i] = known[i] with { Index = new(index) };
        }

        return this;
    }

    /// <summary>Lets a distribution offer nothing, with a warning that says why.</summary>
    public Universe Quarantine(string name)
    {
        _quarantined.Add(PackageName.Parse(name));
        return this;
    }

    /// <summary>Keeps a release that was added from being offered.</summary>
    public Universe Withhold(string release, WithheldReason reason, string place, string? published = null)
    {
        var parts = release.Split(' ');
        var (name, version) = (PackageName.Parse(parts[0]), PackageVersion.Parse(parts[1]));
        var kept = _releases[name].Single(known => known.Version.Equals(version));
        DateTimeOffset? time = published is null ? null : DateTimeOffset.Parse(published, System.Globalization.CultureInfo.InvariantCulture);
        _releases[name].Remove(kept);
        kept = kept with { Files = [.. kept.Files.Select(file => new IndexFile { FileName = file.FileName, Url = file.Url, Wheel = file.Wheel, Sdist = file.Sdist, UploadTime = time })] };
        _withheld.Add(new(kept, reason, place) { Published = time, PublishedUntil = reason == WithheldReason.TooNew ? Until : null });
        return this;
    }

    public ValueTask<IReadOnlyList<WithheldRelease>> GetWithheldAsync(PackageName name, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<WithheldRelease>>(_withheld.FindAll(withheld => withheld.Release.Name == name));

    public async Task<Resolution> ResolveAsync(ResolutionRequest request) =>
        await PackageResolver.ResolveAsync(request, this, Xunit.TestContext.Current.CancellationToken);

    public Task<Resolution> ResolveAsync(params string[] requirements) => ResolveAsync(Linux311, requirements);

    public Task<Resolution> ResolveAsync(IReadOnlyList<ResolutionEnvironment> environments, params string[] requirements) =>
        ResolveAsync(new ResolutionRequest { Environments = environments, Requirements = [.. requirements.Select(Requirement.Parse)] });

    /// <summary>The pins as lines: <c>a 1.0</c>, with their marker where they have one.</summary>
    public static IEnumerable<string> Lines(Resolution resolution) => resolution.Packages.Select(package =>
        package.Marker.IsAll ? $"{package.Name} {package.Version}" : $"{package.Name} {package.Version} ; {package.Marker}");

    public ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
    {
        Asked.Add(name);
        return ValueTask.FromResult(new ReleaseList(name, Releases(name))
        {
            Searched = ["https://index.test/simple"],
            PublishedUntil = _withheld.Exists(withheld => withheld.Release.Name == name && withheld.Reason == WithheldReason.TooNew) ? Until : null,
            Warnings = _quarantined.Contains(name) ? [Diagnostic.Warning("PYENV1417", $"'{name}' is quarantined.", remedy: "Do without it.")] : [],
        });
    }

    public ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken)
    {
        MetadataAsked++;
        return ValueTask.FromResult(new ReleaseMetadata(release.Direct is { } direct ? _laid[direct.Address] : Metadata(release)));
    }

    public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_direct.TryGetValue((name, address), out var release) ? release : throw new InvalidOperationException($"Nothing lies at {address}."));

    public void Prefetch(PackageName name, VersionSpecifiers specifiers)
    {
    }

    private static IEnumerable<ExtraName> ExtrasOf(Marker? marker) =>
        from word in (marker?.ToString() ?? "").Split("extra == \"").Skip(1)
        select ExtraName.Parse(word[..word.IndexOf('"', StringComparison.Ordinal)]);
}
