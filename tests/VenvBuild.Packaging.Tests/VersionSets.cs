namespace VenvBuild.Packaging.Tests;

public sealed class VersionSets
{
    [Fact]
    public void Match_what_a_slow_reading_of_the_standard_matches() =>
        VersionGen.Specifier.Select(VersionGen.Version).Sample((clause, version) =>
        {
            var expected = SpecifierReading.Matches(clause, version);
            Assert.True(expected == clause.Contains(version), $"{version} in {clause}: {expected}");
            Assert.True(expected == clause.Set.Contains(version), $"{version} in the set of {clause}: {expected}");
        }, iter: 50_000);

    [Fact]
    public void Of_clauses_are_the_intersection_of_each() =>
        VersionGen.Specifiers.Select(VersionGen.Version).Sample((specifiers, version) =>
            Assert.Equal(specifiers.All(clause => SpecifierReading.Matches(clause, version)), specifiers.Contains(version)), iter: 20_000);

    [Fact]
    public void Obey_the_laws_of_sets() =>
        VersionGen.Set.Select(VersionGen.Set, VersionGen.Set).Sample((a, b, c) =>
        {
            Assert.Equal(a, a.Complement().Complement());
            Assert.Equal(a.Union(b), b.Union(a));
            Assert.Equal(a.Intersect(b), b.Intersect(a));
            Assert.Equal(a.Union(b).Complement(), a.Complement().Intersect(b.Complement()));
            Assert.Equal(a.Intersect(b.Union(c)), a.Intersect(b).Union(a.Intersect(c)));
            Assert.Equal(a.Union(b).GetHashCode(), b.Union(a).GetHashCode());
            Assert.Equal(VersionSet.All, a.Union(a.Complement()));
            Assert.True(a.Union(a.Complement()).IsAll);
            Assert.True(a.Intersect(a.Complement()).IsEmpty);
            Assert.True(a.Intersect(b).IsSubsetOf(a));
            Assert.True(a.IsSubsetOf(a.Union(b)));
            Assert.Equal(a.IsSubsetOf(b), a.Union(b).Equals(b));
            Assert.Equal(a.IsDisjointFrom(b), a.IsSubsetOf(b.Complement()));
        }, iter: 10_000);

    [Fact]
    public void Hold_a_version_as_their_parts_do() =>
        VersionGen.Set.Select(VersionGen.Set, VersionGen.Version).Sample((a, b, version) =>
        {
            Assert.Equal(a.Contains(version) || b.Contains(version), a.Union(b).Contains(version));
            Assert.Equal(a.Contains(version) && b.Contains(version), a.Intersect(b).Contains(version));
            Assert.Equal(a.Contains(version) && !b.Contains(version), a.Except(b).Contains(version));
            Assert.NotEqual(a.Contains(version), a.Complement().Contains(version));
            if (a.Contains(version) && !version.IsPreRelease)
                Assert.True(a.HasFinals);
        }, iter: 20_000);

    [Fact]
    public void Hold_a_version_where_a_range_of_sort_keys_does() =>
        VersionGen.Set.Select(VersionGen.Version).Sample((set, version) =>
            Assert.Equal(
                set.Contains(version),
                set.SortKeyRanges.Any(range => string.CompareOrdinal(version.SortKey, range.From) >= 0 && string.CompareOrdinal(version.SortKey, range.To) < 0)),
            iter: 50_000);

    [Theory]
    [InlineData(">1.0,<1.0.post0.dev0")]
    [InlineData("!=0.dev0,<0.dev1")]
    [InlineData(">1.0a1,<1.0a2.dev0")]
    [InlineData(">1.0,<=1.0.post5")]
    [InlineData(">=2,<2")]
    [InlineData("<0.dev0")]
    [InlineData(">1.0.post1,<1.0.post2.dev0")]
    public void Between_neighbours_are_empty(string text) => Assert.True(VersionSpecifiers.Parse(text).Set.IsEmpty);

    [Theory]
    [InlineData(">=0.dev0")]
    [InlineData("")]
    public void Of_everything_are_all(string text)
    {
        var set = VersionSpecifiers.Parse(text).Set;
        Assert.True(set.IsAll);
        Assert.Equal(VersionSet.All, set);
        Assert.True(set.Complement().IsEmpty);
    }

    [Theory]
    [InlineData(">=1.0a1,<1.0", false)]
    [InlineData(">=1.0a1,<=1.0", true)]
    [InlineData("==1.0a1.post0", false)]
    [InlineData("==1.0.post0.dev0", false)]
    [InlineData(">=1.0.post0.dev0,<=1.0.post0", true)]
    [InlineData("<=0.dev0", false)]
    [InlineData("==1.0+x", true)]
    [InlineData(">1.0", true)]
    public void Know_whether_they_hold_finals(string text, bool hasFinals) => Assert.Equal(hasFinals, VersionSpecifiers.Parse(text).Set.HasFinals);

    [Theory]
    [InlineData(">=1.0", null, "1.0 2.0a1 2.0", "1.0 2.0")]
    [InlineData(">=2.0a1", null, "1.0 2.0a1 2.0", "2.0a1 2.0")]
    [InlineData(">=1.5", null, "1.0 2.0a1", "2.0a1")]
    [InlineData(">=1.5", false, "1.0 2.0a1", "")]
    [InlineData(">=1.0", true, "1.0 2.0a1 2.0", "1.0 2.0a1 2.0")]
    [InlineData("!=2.0a1", null, "1.0 2.0a2", "1.0")]
    [InlineData("==2.0.*", null, "2.0a1 2.0.1", "2.0.1")]
    [InlineData("==1.0", null, "1.0+x 1.0a1", "1.0+x")]
    public void Admit_pre_releases_only_as_the_standard_says(string specifiers, bool? prereleases, string input, string expected) => Assert.Equal(
        expected,
        string.Join(' ', VersionSpecifiers.Parse(specifiers).Filter(input.Split(' ').Select(text => PackageVersion.Parse(text)), prereleases)));

    [Theory]
    [InlineData(">=1.8,<3", ">=1.8,<3")]
    [InlineData("==1.0.*", ">=1.0.dev0,<1.1.dev0")]
    [InlineData("==1.0", "==1.0")]
    [InlineData("!=1.0", "<1.0 | >1.0")]
    [InlineData("", "any")]
    [InlineData("<1,>2", "none")]
    public void Describe_themselves(string specifiers, string words) =>
        Assert.Equal(words, VersionSpecifiers.Parse(specifiers).Set.ToString().Replace("3.dev0", "3", StringComparison.Ordinal));
}
