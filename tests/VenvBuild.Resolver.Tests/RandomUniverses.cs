using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

/// <summary>The solver against brute force. <c>VENVBUILD_UNIVERSES</c> sets how many worlds are tried; 2,000 when it is not set.</summary>
public sealed class RandomUniverses
{
    private static readonly int Count = int.Parse(System.Environment.GetEnvironmentVariable("VENVBUILD_UNIVERSES") ?? "2000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task An_answer_is_found_exactly_when_there_is_one_and_it_is_right_everywhere()
    {
        var (solved, refused) = (0, 0);
        for (var seed = 0; seed < Count; seed++)
        {
            var world = new RandomWorld(seed);
            var resolution = await AnswerAsync(world, seed);
            if (resolution is null)
            {
                refused++;
                continue;
            }

            solved++;
            foreach (var at in world.Points)
                AssertServes(world, seed, resolution, at);
        }

        // Worlds that are all of one kind would prove little.
        Assert.True(solved > Count / 5 && refused > Count / 20, $"{solved} solved, {refused} refused");
    }

    [Theory]
    [InlineData(ResolutionMode.Highest, 2)]
    [InlineData(ResolutionMode.Lowest, 4)]
    [InlineData(ResolutionMode.LowestDirect, 4)]
    public async Task Every_environment_gets_for_each_request_in_order_the_newest_release_that_it_can_have_or_the_oldest(ResolutionMode mode, int part)
    {
        var compared = 0;
        for (var seed = 0; seed < Count / part; seed++)
        {
            var world = new RandomWorld(seed);
            var requests = world.Request.Requirements;
            if (world.Request.Overrides.Count > 0 || world.Request.Excludes.Count > 0)
                continue;
            var resolution = await TryAsync(world.Universe, world.Request with { Mode = mode });
            if (resolution is null)
                continue;
            foreach (var at in world.Points)
            {
                var asked = requests.Where(request => request.Marker is null || request.Marker.Evaluate(at.Point)).Select(request => request.Name).Distinct().ToList();
                var candidates = world.Brute(at).Answers().Select(answer => asked.ConvertAll(name => answer[name].Version)).ToList();
                if (candidates.Exists(versions => versions.Exists(version => version.IsPreRelease)))
                    continue;
                compared++;
                var (own, sign) = (At(resolution, at.Point), mode == ResolutionMode.Highest ? 1 : -1);
                var wanted = candidates.Aggregate((best, other) => sign * InOrder(best, other) >= 0 ? best : other);
                Assert.True(wanted.SequenceEqual(asked.Select(name => own[name].Version)), Story(world, seed, resolution, at.Environment));
            }
        }

        Assert.True(compared > Count / part / 3, $"{compared} compared");
    }

    [Fact]
    public async Task Environments_are_told_apart_only_where_what_one_has_would_not_do_for_the_other()
    {
        var forks = 0;
        for (var seed = 0; seed < Count; seed++)
        {
            var world = new RandomWorld(seed);
            if (await TryAsync(world.Universe, world.Request) is not { } resolution)
                continue;
            var points = world.Points.ToList();
            var asked = world.Request.Requirements.Concat(world.Request.Groups.SelectMany(group => group.Requirements)).Concat(world.Request.Overrides).ToList();
            for (var i = 0; i < points.Count; i++)
            {
                var here = At(resolution, points[i].Point);
                for (var j = 0; j < i; j++)
                {
                    var there = At(resolution, points[j].Point);
                    // Where not the same is asked for, another order of what is newest may count.
                    var isAskedAlike = asked.All(request => request.Marker is null || request.Marker.Evaluate(points[i].Point) == request.Marker.Evaluate(points[j].Point));
                    if (!isAskedAlike || here.All(pin => !there.TryGetValue(pin.Key, out var other) || other.Version.Equals(pin.Value.Version)))
                        continue;
                    forks++;
                    Assert.False(
                        WouldDo(world.Brute(points[i]), here, there) && WouldDo(world.Brute(points[j]), there, here),
                        $"{Story(world, seed, resolution, points[i].Environment)} as well as on {points[j].Environment.Label}");
                }
            }
        }

        Assert.True(forks > Count / 50, $"{forks} forks");
    }

    [Fact]
    public async Task An_answer_that_still_fits_is_kept_and_a_request_more_moves_nothing_that_need_not_move()
    {
        for (var seed = 0; seed < Count; seed++)
        {
            var world = new RandomWorld(seed);
            if (await TryAsync(world.Universe, world.Request) is not { } before)
                continue;
            var again = With(world.Request, world.Request.Requirements, before);
            var repeated = await world.Universe.ResolveAsync(again);
            Assert.True(
                Universe.Lines(before).SequenceEqual(Universe.Lines(repeated)),
                $"World {seed}: {string.Join("; ", Universe.Lines(before))}\nthen: {string.Join("; ", Universe.Lines(repeated))}");

            var more = With(world.Request, [.. world.Request.Requirements, world.Another()], before);
            if (await TryAsync(world.Universe, more) is not { } after)
                continue;
            foreach (var at in world.Points)
            {
                var old = At(before, at.Point);
                var mustMove = !world.Brute(at, more).Answers().Any(answer => Keeps(answer, old));
                Assert.True(mustMove || Keeps(At(after, at.Point), old), $"{Story(world, seed, after, at.Environment)} before: {string.Join("; ", Universe.Lines(before))} with {more.Requirements[^1]}");
            }
        }
    }

    [Fact]
    public async Task Answers_that_arrive_in_any_order_make_the_same_resolution()
    {
        for (var seed = 0; seed < Count / 20; seed++)
        {
            var world = new RandomWorld(seed);
            if (await TryAsync(world.Universe, world.Request) is not { } resolution)
                continue;
            for (var order = 0; order < 3; order++)
            {
                var late = await PackageResolver.ResolveAsync(world.Request, new LateSource(world.Universe, order), TestContext.Current.CancellationToken);
                Assert.Equal(Universe.Lines(resolution), Universe.Lines(late));
                Assert.Equal(resolution.Statistics, late.Statistics);
            }
        }
    }

    private static async Task<Resolution?> AnswerAsync(RandomWorld world, int seed)
    {
        var unsolvable = world.Points.Where(at => !world.Brute(at).Answers().Any()).Select(at => at.Environment.Label).ToList();
        try
        {
            var resolution = await world.Universe.ResolveAsync(world.Request);
            Assert.True(unsolvable.Count == 0, $"World {seed} has no answer on {string.Join(", ", unsolvable)}, and one was given: {string.Join("; ", Universe.Lines(resolution))}");
            return resolution;
        }
        catch (UnsatisfiableException refusal)
        {
            Assert.False(unsolvable.Count == 0, $"World {seed} has an answer, and it was refused: {refusal.Message}");
            return null;
        }
    }

    /// <summary>Of each needed name exactly one entry survives there, of others none; and so for every choice of groups.</summary>
    private static void AssertServes(RandomWorld world, int seed, Resolution resolution, (ResolutionEnvironment Environment, MarkerEnvironment Point) at)
    {
        var brute = world.Brute(at);
        var all = At(resolution, at.Point);
        Assert.True(brute.IsAnswer(all), Story(world, seed, resolution, at.Environment));
        var groups = world.Request.Groups;
        for (var choice = 0; choice < 1 << groups.Count; choice++)
        {
            var asked = groups.Where((_, i) => (choice & (1 << i)) != 0).ToList();
            var needed = brute.Reached(all, [.. world.Request.Requirements, .. asked.SelectMany(group => group.Requirements)]);
            var chosen = Survivors(resolution, at.Point, [.. asked.Select(group => group.Group)]);
            Assert.True(needed!.SetEquals(chosen.Select(package => package.Name)), Story(world, seed, resolution, at.Environment));
            Assert.Equal(needed.Count, chosen.Count);
        }
    }

    private static Dictionary<PackageName, Release> At(Resolution resolution, MarkerEnvironment point) =>
        Survivors(resolution, point, [.. Enumerable.Range(0, 3).Select(i => ExtraName.Parse($"g{i}"))]).ToDictionary(package => package.Name, package => package.Release);

    private static List<ResolvedPackage> Survivors(Resolution resolution, MarkerEnvironment point, HashSet<ExtraName> groups) =>
        [.. resolution.Packages.Where(package => package.Marker.ToMarker()?.Evaluate(point, new HashSet<ExtraName>(), groups) != false)];

    /// <summary>Whether what another environment has, as far as it is needed, would do here with what only this one needs.</summary>
    private static bool WouldDo(BruteForce brute, Dictionary<PackageName, Release> own, Dictionary<PackageName, Release> other)
    {
        var mixed = new Dictionary<PackageName, Release>(own);
        foreach (var (name, release) in other)
            mixed[name] = release;
        return brute.Serves(mixed);
    }

    private static int InOrder(List<PackageVersion> one, List<PackageVersion> other) =>
        one.Zip(other, (left, right) => left.CompareTo(right)).FirstOrDefault(order => order != 0);

    private static bool Keeps(Dictionary<PackageName, Release> answer, Dictionary<PackageName, Release> old) =>
        old.All(pin => answer.TryGetValue(pin.Key, out var release) && release.Version.Equals(pin.Value.Version));

    private static ResolutionRequest With(ResolutionRequest request, IReadOnlyList<Requirement> requirements, Resolution before) => new()
    {
        Environments = request.Environments,
        Requirements = requirements,
        Groups = request.Groups,
        Constraints = request.Constraints,
        Overrides = request.Overrides,
        Excludes = request.Excludes,
        Prereleases = request.Prereleases,
        AllowSdist = request.AllowSdist,
        Preferences = [.. before.Packages.Select(package => new Preference(package.Name, package.Version, package.Marker))],
    };

    private static async Task<Resolution?> TryAsync(Universe universe, ResolutionRequest request)
    {
        try
        {
            return await universe.ResolveAsync(request);
        }
        catch (UnsatisfiableException)
        {
            return null;
        }
    }

    private static string Story(RandomWorld world, int seed, Resolution resolution, ResolutionEnvironment environment) =>
        $"World {seed} on {environment.Label}: {string.Join("; ", Universe.Lines(resolution))} for {string.Join("; ", world.Request.Requirements)}";
}
