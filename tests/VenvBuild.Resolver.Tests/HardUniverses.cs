using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

/// <summary>Worlds made to be hard: they end, with an answer or a refusal, after a number of decisions that stays in proportion.</summary>
public sealed class HardUniverses
{
    [Theory]
    [InlineData(60, true)]
    [InlineData(60, false)]
    public async Task A_ladder_of_diamonds_is_climbed_without_trying_each_way(int rungs, bool isSolvable)
    {
        // Each rung's two sides ask the next rung for the same version; only the last decides.
        var universe = new Universe();
        for (var rung = 0; rung < rungs; rung++)
        {
            for (var version = 1; version <= 3; version++)
            {
                universe.Add(Text($"n{rung} {version}"), Text($"l{rung}=={version}"), Text($"r{rung}=={version}"));
                universe.Add(Text($"l{rung} {version}"), Text($"n{rung + 1}=={version}"));
                universe.Add(Text($"r{rung} {version}"), Text($"n{rung + 1}=={version}"));
            }
        }

        universe.Add(Text($"n{rungs} {(isSolvable ? 1 : 9)}"));
        await EndsAsync(universe, isSolvable, 20 * rungs, "n0");
    }

    [Theory]
    [InlineData(80, true)]
    [InlineData(80, false)]
    public async Task A_deep_cycle_is_walked_round_a_few_times_at_most(int length, bool isSolvable)
    {
        // Each asks the next for its own version; the last asks the first for one lower, where that is to fail.
        var universe = new Universe();
        for (var place = 0; place < length; place++)
        {
            for (var version = 1; version <= 4; version++)
            {
                var next = place + 1 < length ? Text($"c{place + 1}=={version}") : Text($"c0=={(isSolvable ? Math.Min(version, 1) : version - 1)}");
                universe.Add(Text($"c{place} {version}"), next);
            }
        }

        await EndsAsync(universe, isSolvable, 10 * length, "c0");
    }

    [Theory]
    [InlineData(5000)]
    public async Task Five_thousand_versions_of_which_only_the_oldest_fits_are_passed_over_as_ranges(int count)
    {
        var universe = new Universe().Add("urllib 1.0").Add("urllib 2.0");
        for (var version = 1; version <= count; version++)
            universe.Add(Text($"core 1.{version}"), version == 1 ? "urllib<2" : "urllib>=2");
        universe.Add("sdk 1.0", "core");
        await EndsAsync(universe, true, 2 * count, "sdk", "urllib<2");
    }

    [Theory]
    [InlineData(400)]
    public async Task Two_long_histories_that_move_in_step_are_met_in_the_middle(int count)
    {
        // The newest of each asks for the other's release of its own age; an old third pins one of them far down.
        var universe = new Universe().Add("old 1.0", "left==1.20");
        for (var version = 1; version <= count; version++)
        {
            universe.Add(Text($"left 1.{version}"), Text($"right==1.{version}"));
            universe.Add(Text($"right 1.{version}"), Text($"left==1.{version}"));
            universe.Add(Text($"top 1.{version}"), Text($"right>=1.{version}"));
        }

        await EndsAsync(universe, true, 4 * count, "top", "old");
    }

    [Fact]
    public async Task Pigeons_that_do_not_fit_are_refused()
    {
        // Five that must all be different in one place of four: nothing but trying shows it, so the bound is of another kind.
        const int pigeons = 5, holes = 4;
        var universe = new Universe();
        for (var pigeon = 0; pigeon < pigeons; pigeon++)
        {
            for (var hole = 0; hole < holes; hole++)
                universe.Add(Text($"p{pigeon} {hole}"), Text($"h{hole}=={pigeon}"));
        }

        for (var hole = 0; hole < holes; hole++)
        {
            for (var pigeon = 0; pigeon < pigeons; pigeon++)
                universe.Add(Text($"h{hole} {pigeon}"));
        }

        await EndsAsync(universe, false, 3000, [.. Enumerable.Range(0, pigeons).Select(pigeon => Text($"p{pigeon}"))]);
    }

    [Fact]
    public async Task Markers_that_cut_patches_again_and_again_begin_anew_a_few_times_only()
    {
        var universe = new Universe().Add("z 1.0");
        for (var place = 0; place < 12; place++)
            universe.Add(Text($"m{place} 1.0"), Text($"m{place + 1}"), Text($"z ; python_full_version < '3.11.{place + 1}'"));
        universe.Add("m12 1.0");
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64", 11, 12), "m0");
        Assert.Equal("z 1.0 ; python_full_version < \"3.11.12\"", Universe.Lines(resolution).Single(line => line[0] == 'z'));
        Assert.InRange(resolution.Statistics.Decisions, 1, 600);
    }

    [Fact]
    public async Task A_search_ends_at_once_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var universe = new Universe();
        for (var version = 1; version <= 5000; version++)
            universe.Add(Text($"a 1.{version}"), Text($"b==1.{version}"));
        universe.Add("b 0.1");
        var asked = 0;
        var source = new CountingSource(universe, () =>
        {
            if (++asked == 50)
                stop.Cancel();
        });
        var request = new ResolutionRequest { Environments = Universe.Linux311, Requirements = [Requirement.Parse("a")] };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PackageResolver.ResolveAsync(request, source, stop.Token));
        Assert.InRange(asked, 50, 51);
    }

    [Fact]
    public async Task A_long_search_says_how_far_it_is()
    {
        var universe = new Universe();
        for (var place = 0; place < 600; place++)
            universe.Add(Text($"c{place} 1"), Text($"c{place + 1}"));
        universe.Add("c600 1");
        var seen = new List<ResolutionStatistics>();
        var request = new ResolutionRequest
        {
            Environments = Universe.Linux311,
            Requirements = [Requirement.Parse("c0")],
            Progress = new Seen(seen),
        };
        await universe.ResolveAsync(request);
        Assert.NotEmpty(seen);
        Assert.Equal(seen.Select(figures => figures.Decisions).Order(), seen.Select(figures => figures.Decisions));
    }

    private static async Task EndsAsync(Universe universe, bool isSolvable, int mostDecisions, params string[] requirements)
    {
        var seen = new List<ResolutionStatistics>();
        var request = new ResolutionRequest
        {
            Environments = Universe.Linux311,
            Requirements = [.. requirements.Select(Requirement.Parse)],
            Progress = new Seen(seen),
        };
        if (isSolvable)
        {
            var resolution = await universe.ResolveAsync(request);
            Assert.InRange(resolution.Statistics.Decisions, 1, mostDecisions);
        }
        else
        {
            await Assert.ThrowsAsync<UnsatisfiableException>(() => universe.ResolveAsync(request));
            Assert.InRange(seen.Count == 0 ? 0 : seen[^1].Decisions, 0, mostDecisions);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Seen(List<ResolutionStatistics> seen) : IProgress<ResolutionStatistics>
    {
        public void Report(ResolutionStatistics value) => seen.Add(value);
    }

    private sealed class CountingSource(Universe universe, Action count) : IPackageSource
    {
        public ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken) => universe.GetReleasesAsync(name, cancellationToken);

        public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken) => universe.GetDirectAsync(name, address, cancellationToken);

        public ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken)
        {
            count();
            return universe.GetMetadataAsync(release, cancellationToken);
        }

        public void Prefetch(PackageName name, VersionSpecifiers specifiers)
        {
        }
    }
}
