using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

/// <summary>A small world and a request, made by chance and the same for the same seed.</summary>
internal sealed class RandomWorld
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];
    private static readonly Platform Musl = Platform.Parse("linux-musl-x64");

    private readonly Random _random;

    public RandomWorld(int seed)
    {
        _random = new(seed);
        // Some worlds have musl beside glibc, which no marker tells apart; some have markers that cut a minor in two.
        HasPatchMarkers = Chance(6);
        var hasMusl = Chance(5);
        ResolutionEnvironment[] environments = [.. Universe.Grid("linux-x64 win-x64", 11, 12)
            .Select(environment => hasMusl && environment.Targets[0].Platform.SysPlatform == "linux"
                ? environment with { Targets = [.. environment.Targets, new Target(Musl, environment.Targets[0].Python)] }
                : environment)];
        Fill();
        Request = new()
        {
            Environments = environments,
            Requirements = Requests(_random.Next(1, 4)),
            Groups = Chance(4) ? [.. Enumerable.Range(0, _random.Next(1, 3)).Select(i => (ExtraName.Parse($"g{i}"), Requests(_random.Next(1, 3))))] : [],
            Constraints = Chance(6) ? Requests(1, isBound: true) : [],
            Overrides = Chance(8) ? Requests(1) : Chance(20) ? [Requirement.Parse($"{Name()} ; python_version < '0'")] : [],
            Excludes = Chance(12) ? new HashSet<PackageName> { PackageName.Parse(Name()) } : [],
            Prereleases = Chance(10) ? PrereleaseMode.Disallow : Chance(10) ? PrereleaseMode.Allow : PrereleaseMode.IfNecessary,
            AllowSdist = Chance(10) ? static _ => true : static _ => false,
        };
    }

    public Universe Universe { get; } = new();

    public ResolutionRequest Request { get; }

    public bool HasPatchMarkers { get; }

    /// <summary>Interpreters that the answer must serve, on both sides of every cut.</summary>
    public IEnumerable<(ResolutionEnvironment Environment, MarkerEnvironment Point)> Points =>
        from environment in Request.Environments
        from patch in HasPatchMarkers ? [1, 5] : new[] { 5 }
        select (environment, environment.Targets[0].ToMarkerEnvironment(PackageVersion.Parse($"{environment.Targets[0].Python}.{patch}")));

    /// <summary>A requirement more, as a person may add it.</summary>
    public Requirement Another() => Requests(1)[0];

    public BruteForce Brute((ResolutionEnvironment Environment, MarkerEnvironment Point) at, ResolutionRequest? request = null) =>
        new(Universe, at.Point, at.Environment.Targets, request ?? Request);

    private void Fill()
    {
        foreach (var name in Names)
        {
            var count = _random.Next(1, 4);
            for (var version = 1; version <= count; version++)
            {
                var text = Chance(10) ? $"{version}.0rc1" : $"{version}.0";
                var requires = Enumerable.Range(0, _random.Next(0, 3)).Select(_ => RequirementText(true, false)).ToArray();
                Universe.Add($"{name} {text}", Python(), Tags(), Chance(14), requires);
            }
        }
    }

    private IReadOnlyList<Requirement> Requests(int count, bool isBound = false) =>
        [.. Enumerable.Range(0, count).Select(_ => Requirement.Parse(RequirementText(false, isBound)))];

    private string RequirementText(bool canNameExtra, bool isBound)
    {
        var name = Name() + (!isBound && Chance(5) ? Chance(3) ? "[x,y]" : "[x]" : "");
        var version = _random.Next(1, 4);
        var specifier = _random.Next(isBound ? 6 : 13) switch
        {
            0 => $"=={version}.0",
            1 or 2 => $">={Math.Min(version, 2)}.0",
            3 or 4 => $"<{version + 1}.0",
            5 => $"!={version}.0",
            6 => $"==={version}.0",
            _ => "",
        };
        var marker = _random.Next(canNameExtra ? 10 : 6) switch
        {
            0 => " ; sys_platform == 'win32'",
            1 => " ; python_version < '3.12'",
            2 => HasPatchMarkers ? " ; python_full_version < '3.11.3'" : " ; sys_platform == 'linux' and python_version >= '3.12'",
            6 or 7 => " ; extra == 'x'",
            8 => " ; extra == 'y' or sys_platform == 'win32'",
            9 => " ; extra == 'x' and sys_platform == 'win32'",
            _ => "",
        };
        return name + specifier + marker;
    }

    private string Name() => Names[_random.Next(Names.Length)];

    private bool Chance(int of) => _random.Next(of) == 0;

    private string? Python() => _random.Next(12) switch
    {
        0 => ">=3.12",
        1 => "<3.12",
        2 when HasPatchMarkers => ">=3.11.3",
        _ => null,
    };

    private string[] Tags() => _random.Next(18) switch
    {
        0 => ["cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-win_amd64"],
        1 => ["py3-none-win_amd64"],
        2 => ["cp311-abi3-manylinux_2_17_x86_64", "py3-none-win_amd64"],
        3 => ["sdist"],
        4 => ["py3-none-musllinux_1_2_x86_64", "py3-none-manylinux_2_17_x86_64"],
        _ => ["py3-none-any"],
    };
}
