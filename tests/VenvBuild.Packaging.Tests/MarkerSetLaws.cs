namespace VenvBuild.Packaging.Tests;

public sealed class MarkerSetLaws
{
    private static readonly Gen<Marker> Marker1 = MarkerSamples.Markers(MarkerSamples.Any);
    private static readonly Gen<MarkerSet> Set = Marker1.Select(MarkerSet.Of);

    private static readonly HashSet<ExtraName>[] ExtraSets =
        [MarkerEnvironments.Names(), MarkerEnvironments.Names("a"), MarkerEnvironments.Names("b"), MarkerEnvironments.Names("a", "b")];

    [Fact]
    public void A_set_holds_the_environments_in_which_its_marker_is_true() =>
        Gen.Select(Marker1, MarkerSamples.Environment.Array[40], MarkerSamples.Names, MarkerSamples.Names).Sample((marker, environments, extras, groups) =>
        {
            var set = MarkerSet.Of(marker);
            Assert.All(environments, environment =>
                Assert.Equal(marker.Evaluate(environment, extras, groups), set.Contains(environment, extras, groups)));
        }, iter: 2000);

    [Fact]
    public void Combinations_hold_what_their_names_say() =>
        Gen.Select(Set, Set, MarkerSamples.Environment.Array[20], MarkerSamples.Names).Sample((left, right, environments, names) =>
        {
            foreach (var environment in environments)
            {
                var (inLeft, inRight) = (left.Contains(environment, names, names), right.Contains(environment, names, names));
                Assert.Equal(inLeft && inRight, left.And(right).Contains(environment, names, names));
                Assert.Equal(inLeft || inRight, left.Or(right).Contains(environment, names, names));
                Assert.Equal(!inLeft, left.Not().Contains(environment, names, names));
                Assert.Equal(inLeft && !inRight, left.Except(right).Contains(environment, names, names));
                if (left.Implies(right))
                    Assert.True(!inLeft || inRight);
                if (left.IsDisjointFrom(right))
                    Assert.False(inLeft && inRight);
            }
        }, iter: 2000);

    [Fact]
    public void The_laws_of_sets_hold_as_equality() => Gen.Select(Set, Set, Set).Sample((a, b, c) =>
    {
        Assert.Equal(a, a.Not().Not());
        Assert.Equal(a.And(b).Not(), a.Not().Or(b.Not()));
        Assert.Equal(a.Or(b).Not(), a.Not().And(b.Not()));
        Assert.Equal(a, a.Or(a.And(b)));
        Assert.Equal(a, a.And(a.Or(b)));
        Assert.Equal(a.And(b.Or(c)), a.And(b).Or(a.And(c)));
        Assert.Equal(a.And(b).And(c), a.And(b.And(c)));
        Assert.Equal(a.And(b), b.And(a));
        Assert.True(a.And(a.Not()).IsEmpty);
        Assert.True(a.Or(a.Not()).IsAll);
        Assert.True(a.And(b).Implies(a));
        Assert.Equal(a, a.And(b).Or(a.Except(b)));
        Assert.Equal(a.Implies(b), a.And(b) == a);
    }, iter: 2000);

    [Fact]
    public void Equality_implication_and_disjointness_are_decided()
    {
        MarkerEnvironment[] all = [.. MarkerSamples.All()];
        var marker = MarkerSamples.Markers(MarkerSamples.Decidable, depth: 2);
        Gen.Select(marker, marker).Sample((left, right) =>
        {
            var (first, second) = (MarkerSet.Of(left), MarkerSet.Of(right));
            bool isSame = true, isWithin = true, isApart = true;
            foreach (var environment in all)
            {
                foreach (var extras in ExtraSets)
                {
                    var (inFirst, inSecond) = (left.Evaluate(environment, extras), right.Evaluate(environment, extras));
                    isSame &= inFirst == inSecond;
                    isWithin &= !inFirst || inSecond;
                    isApart &= !inFirst || !inSecond;
                }
            }

            Assert.Equal((isSame, isWithin, isApart), (first == second, first.Implies(second), first.IsDisjointFrom(second)));
        }, iter: 50);
    }

    [Fact]
    public void The_marker_of_a_set_gives_the_set_again() => Set.Sample(set =>
    {
        Assert.True(set.HasExactMarker);
        Assert.Equal(set, MarkerSet.OfOptional(set.ToMarker()));
        Assert.Equal(set.Not(), MarkerSet.OfOptional(set.Not().ToMarker()));
    }, iter: 2000);

    [Fact]
    public void A_restricted_set_is_the_same_within_the_assumption_and_no_longer() => Gen.Select(Set, Set).Sample((set, assumption) =>
    {
        var restricted = set.Restrict(assumption);
        Assert.Equal(set.And(assumption), restricted.And(assumption));
        if (assumption.Implies(set))
            Assert.Equal(assumption.IsEmpty ? MarkerSet.None : MarkerSet.All, restricted);
        Assert.Equal(set.IsDisjointFrom(assumption), restricted.IsEmpty);
    }, iter: 2000);

    [Fact]
    public void Extras_that_are_known_leave_no_question() =>
        Gen.Select(Set, MarkerSamples.Environment.Array[20], MarkerSamples.Names).Sample((set, environments, extras) =>
        {
            var assumed = set.AssumeExtras(extras);
            Assert.Equal(MarkerFields.None, assumed.Fields & MarkerFields.Extra);
            foreach (var environment in environments)
                Assert.Equal(set.Contains(environment, extras), assumed.Contains(environment, extras));
        }, iter: 1000);

    [Fact]
    public void The_pythons_of_a_set_are_those_of_its_environments() =>
        Gen.Select(Set, MarkerSamples.Environment.Array[20]).Sample((set, environments) =>
        {
            var pythons = set.PythonVersions;
            Assert.True(set.Implies(MarkerSet.ForPython(pythons)));
            foreach (var environment in environments)
            {
                if (set.Contains(environment))
                    Assert.True(pythons.Contains(PackageVersion.Parse(environment.PythonFullVersion)));
            }
        }, iter: 1000);

    [Fact]
    public void A_set_of_pythons_comes_back_as_the_same_interpreters()
    {
        var specifiers = Gen.OneOf(">=3.9", ">=3.9,<3.13", "!=3.9.1", ">3.9.1,<=3.10", "~=3.9.2", "<3.10rc1", "==3.9.*", "==3.9.1.post2", ">=3.9.1.post1", "<3.9.1.dev3", "===3.9.1", ">=1!1", "==3.9.1+x");
        Gen.Select(specifiers, MarkerSamples.Environment.Array[40]).Sample((text, environments) =>
        {
            var versions = VersionSpecifiers.Parse(text).Set;
            var set = MarkerSet.ForPython(versions);
            Assert.Equal(set, MarkerSet.ForPython(set.PythonVersions));
            Assert.Equal(set, MarkerSet.OfOptional(set.ToMarker()));
            if (text.Contains('+', StringComparison.Ordinal))
                return;
            foreach (var environment in environments)
                Assert.Equal(versions.Contains(PackageVersion.Parse(environment.PythonFullVersion)), set.Contains(environment));
        }, iter: 200);
    }

    [Fact]
    public void Sets_may_be_combined_by_many_threads_at_once()
    {
        Marker[] markers = [.. Marker1.Array[200].Single()];
        var expected = markers.Select(marker => MarkerSet.Of(marker).ToString()).ToArray();
        Parallel.For(0, 8, _ =>
        {
            var union = MarkerSet.None;
            for (var i = 0; i < markers.Length; i++)
            {
                var set = MarkerSet.Of(Marker.Parse(markers[i].ToString()));
                Assert.Equal(expected[i], set.ToString());
                union = union.Or(set.And(MarkerSet.ForField(MarkerFields.PlatformMachine, "m")));
                Assert.True(set.And(union).Implies(set));
            }
        });
    }
}
