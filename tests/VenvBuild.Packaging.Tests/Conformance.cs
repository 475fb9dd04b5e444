using System.Text.Json;
using VenvBuild.Testing;

namespace VenvBuild.Packaging.Tests;

/// <summary>The vectors of pypa/packaging, where they stand beside the repository.</summary>
public sealed class Conformance
{
    [Fact]
    public void Versions_hold_every_row_of_pep440()
    {
        using var rows = Read("pep440.json");
        var ordered = rows.RootElement.GetProperty("versions_in_order").EnumerateArray().Select(row => PackageVersion.Parse(row.GetString()!)).ToList();
        for (var i = 0; i < ordered.Count; i++)
        {
            for (var j = 0; j < ordered.Count; j++)
            {
                Assert.Equal(i.CompareTo(j), Math.Sign(ordered[i].CompareTo(ordered[j])));
                Assert.Equal(i.CompareTo(j), Math.Sign(string.CompareOrdinal(ordered[i].SortKey, ordered[j].SortKey)));
            }
        }

        foreach (var row in rows.RootElement.GetProperty("invalid_versions").EnumerateArray())
            Assert.False(PackageVersion.TryParse(row.GetString(), out _), row.GetString());
        foreach (var row in rows.RootElement.GetProperty("normalized").EnumerateArray())
            Assert.Equal(row[1].GetString(), PackageVersion.Parse(row[0].GetString()!).ToString());
        foreach (var group in rows.RootElement.GetProperty("equal_groups").EnumerateArray())
            Assert.Single(group.EnumerateArray().Select(row => PackageVersion.Parse(row.GetString()!)).Distinct());
        foreach (var row in rows.RootElement.GetProperty("parts").EnumerateObject())
            HoldsParts(PackageVersion.Parse(row.Name), row.Value);
    }

    [Fact]
    public void Specifiers_hold_every_row_of_pep440()
    {
        using var rows = Read("pep440.json");
        var specifiers = rows.RootElement.GetProperty("specifiers");
        foreach (var row in specifiers.GetProperty("valid").EnumerateArray())
            Assert.True(VersionSpecifiers.TryParse(row.GetString(), out _), row.GetString());
        foreach (var row in specifiers.GetProperty("invalid").EnumerateArray())
            Assert.False(VersionSpecifier.TryParse(row.GetString(), out _), row.GetString());
        foreach (var row in specifiers.GetProperty("contains").EnumerateArray())
        {
            var isIn = VersionSpecifiers.Parse(row[1].GetString()!).Contains(PackageVersion.Parse(row[0].GetString()!));
            Assert.True(row[2].GetBoolean() == isIn, row.ToString());
        }
    }

    [Fact]
    public void Specifiers_match_under_every_pre_release_policy()
    {
        using var rows = Read("pep440.json");
        var specifiers = rows.RootElement.GetProperty("specifiers");
        int held = 0, spelt = 0;
        foreach (var name in new[] { "contains_arbitrary_equality", "contains_arbitrary_equality_set" })
        {
            foreach (var row in specifiers.GetProperty(name).EnumerateArray())
                Check(row[1].GetString()!, true, [row[0].GetString()!], row[2].GetBoolean());
        }

        foreach (var name in new[] { "contains_ignoring_local", "contains_post_boundary" })
        {
            foreach (var row in specifiers.GetProperty(name).EnumerateArray())
                Check(row[1].GetString()!, null, [row[0].GetString()!], row[2].GetBoolean());
        }

        foreach (var name in new[] { "contains_prerelease_policy", "contains_installed" })
        {
            foreach (var row in specifiers.GetProperty(name).GetProperty("rows").EnumerateArray())
            {
                // What is installed already is judged with pre-releases admitted.
                var isInstalled = name == "contains_installed" && row[4].GetBoolean();
                Check(row[0].GetString()!, isInstalled ? true : Flag(row[3]) ?? Flag(row[2]), [row[1].GetString()!], row[row.GetArrayLength() - 1].GetBoolean());
            }
        }

        foreach (var row in specifiers.GetProperty("contains_bridges").GetProperty("rows").EnumerateArray())
            Check(row[0].GetString()!, Flag(row[1]), [row[2].GetString()!], row[3].GetBoolean());
        foreach (var row in specifiers.GetProperty("filter").GetProperty("rows").EnumerateArray())
            CheckFilter(row[0].GetString()!, Flag(row[2]) ?? Flag(row[1]), Texts(row[3]), Texts(row[4]));
        foreach (var row in specifiers.GetProperty("filter_bridges").GetProperty("rows").EnumerateArray())
            CheckFilter(row[0].GetString()!, Flag(row[1]), Texts(row[2]), Texts(row[3]));
        foreach (var row in specifiers.GetProperty("filter_intersection").GetProperty("rows").EnumerateArray())
        {
            var both = VersionSpecifiers.Parse(row[0].GetString()!).And(VersionSpecifiers.Parse(row[1].GetString()!));
            CheckFilter(both.ToString(), null, Texts(row[2]), Texts(row[3]));
        }

        foreach (var row in specifiers.GetProperty("invalid_version_against").EnumerateArray())
        {
            Assert.True(VersionSpecifiers.TryParse(row[0].GetString(), out _));
            Assert.False(PackageVersion.TryParse(row[1].GetString(), out _));
        }

        foreach (var row in specifiers.GetProperty("operators_inside_outside").EnumerateArray())
        {
            Check(row[0].GetString()!, null, [row[1].GetString()!], true);
            Check(row[0].GetString()!, null, [row[2].GetString()!], false);
        }

        foreach (var row in specifiers.GetProperty("boundary_closure").EnumerateArray())
            Check(row[0].GetString()!, null, [row[1].GetString()!], row[2].GetBoolean());

        // Rows about a spelling that no version keeps, or about no version, cannot be asked: a version here is in its normal form.
        Assert.InRange(held, 220, int.MaxValue);
        Assert.InRange(spelt, 0, 60);

        void Check(string specifier, bool? prereleases, string[] inputs, bool expected) =>
            CheckFilter(specifier, prereleases, inputs, expected ? inputs : []);

        void CheckFilter(string specifier, bool? prereleases, IEnumerable<string> inputs, IEnumerable<string> expected)
        {
            var candidates = inputs.Select(text => (Text: text, Version: PackageVersion.TryParse(text, out var version) ? version : null)).ToList();
            if (candidates.Exists(candidate => candidate.Version is null && expected.Contains(candidate.Text))
                || specifier.Contains("===", StringComparison.Ordinal)
                && candidates.Exists(candidate => !string.Equals(candidate.Version?.ToString(), candidate.Text, StringComparison.OrdinalIgnoreCase)))
            {
                spelt++;
                return;
            }

            held++;
            var kept = VersionSpecifiers.Parse(specifier).Filter(candidates.Where(candidate => candidate.Version is not null).Select(candidate => candidate.Version!), prereleases);
            var texts = kept.Select(version => candidates.Find(candidate => ReferenceEquals(candidate.Version, version)).Text);
            Assert.True(expected.SequenceEqual(texts), $"{specifier} ({prereleases}) of {string.Join(' ', inputs)}: {string.Join(' ', texts)}");
        }
    }

    [Fact]
    public void Sets_of_versions_hold_every_row()
    {
        using var rows = Read("pep440.json");
        var specifiers = rows.RootElement.GetProperty("specifiers");
        foreach (var name in new[] { "unsatisfiable", "unsatisfiable_post_boundary", "range_empty" })
            Assert.All(Texts(specifiers.GetProperty(name)), text => Assert.True(Set(text).IsEmpty, $"{text}: {Set(text)}"));
        foreach (var name in new[] { "satisfiable", "range_not_empty" })
        {
            // A set of versions holds none that only a text such as ===foobar would match.
            Assert.All(Texts(specifiers.GetProperty(name)), text => Assert.True(
                !Set(text).IsEmpty || VersionSpecifiers.Parse(text).Any(clause => clause.Version is null), text));
        }

        Assert.All(Texts(specifiers.GetProperty("unsatisfiable_without_prereleases")), text => Assert.False(Set(text).HasFinals, $"{text}: {Set(text)}"));
        Assert.All(Texts(specifiers.GetProperty("satisfiable_without_prereleases")), text => Assert.True(Set(text).HasFinals, $"{text}: {Set(text)}"));
        foreach (var row in specifiers.GetProperty("subset").EnumerateArray())
            Assert.Equal(row[2].GetBoolean(), Set(row[0].GetString()!).IsSubsetOf(Set(row[1].GetString()!)));
        foreach (var row in specifiers.GetProperty("superset").EnumerateArray())
            Assert.Equal(row[2].GetBoolean(), Set(row[1].GetString()!).IsSubsetOf(Set(row[0].GetString()!)));
        foreach (var row in specifiers.GetProperty("disjoint").EnumerateArray())
            Assert.Equal(row[2].GetBoolean(), Set(row[0].GetString()!).IsDisjointFrom(Set(row[1].GetString()!)));
        foreach (var row in specifiers.GetProperty("text").EnumerateArray())
            Assert.Equal(row[1].GetString(), VersionSpecifiers.Parse(row[0].GetString()!).ToString());
        foreach (var row in specifiers.GetProperty("prereleases_detected").EnumerateArray())
            Assert.Equal(row[1].GetBoolean(), VersionSpecifiers.Parse(row[0].GetString()!).NamesPreRelease);

        static VersionSet Set(string text) => VersionSpecifiers.Parse(text).Set;
    }

    [Fact]
    public void Tags_hold_every_row()
    {
        using var rows = Read("tags.json");
        var probes = rows.RootElement.GetProperty("probe").EnumerateArray().Select(row => WheelTagSet.Parse(row.GetString()!)).ToList();
        foreach (var row in rows.RootElement.GetProperty("environments").EnumerateArray())
        {
            var tags = new Target(PlatformOf(row.GetProperty("platform").GetString()!), PythonMinor.Parse(row.GetProperty("python").GetString()!)).Tags;
            Assert.Equal(row.GetProperty("tags").GetString(), string.Join(' ', tags.InOrder()));
            Assert.Equal(row.GetProperty("count").GetInt32(), tags.Count);
            var ranks = row.GetProperty("probe").EnumerateArray().Select(rank => rank.ValueKind == JsonValueKind.Null ? (int?)null : rank.GetInt32());
            Assert.Equal(ranks, probes.Select(tags.Rank));
            Assert.Equal(ranks, probes.Select(tags.Rank));
        }

        foreach (var row in rows.RootElement.GetProperty("parse").EnumerateArray())
            Assert.Equal(Texts(row[1]).Order(), WheelTagSet.Parse(row[0].GetString()!).Expand().Select(tag => tag.ToString()).Order());
        foreach (var text in Texts(rows.RootElement.GetProperty("parse_invalid")))
            Assert.False(WheelTagSet.TryParse(text, out _), text);
    }

    [Fact]
    public void Names_hold_every_row()
    {
        using var rows = Read("names.json");
        var root = rows.RootElement;
        foreach (var row in root.GetProperty("canonical").EnumerateArray())
            Assert.Equal(row[1].GetString(), PackageName.Parse(row[0].GetString()!).Value);
        foreach (var text in Texts(root.GetProperty("canonical_invalid")))
            Assert.False(PackageName.TryParse(text, out _), text);
        foreach (var row in root.GetProperty("is_normalized").EnumerateArray())
        {
            Assert.Equal(row[0].GetString() == row[1].GetString(), NormalName.IsNormal(row[0].GetString()));
            Assert.Equal(row[1].GetString(), PackageName.Parse(row[0].GetString()!).Value);
        }

        foreach (var row in root.GetProperty("wheel").EnumerateArray())
        {
            var wheel = WheelFileName.Parse(row.GetProperty("file").GetString()!);
            Assert.Equal(row.GetProperty("name").GetString(), wheel.Name.Value);
            Assert.Equal(row.GetProperty("version").GetString(), wheel.Version.ToString());
            Assert.Equal(row.GetProperty("build").GetArrayLength() > 0, wheel.Build is not null);
            Assert.Equal(Texts(row.GetProperty("tags")).Order(), wheel.Tags.Expand().Select(tag => tag.ToString()).Order());
        }

        foreach (var text in Texts(root.GetProperty("wheel_invalid")))
            Assert.False(WheelFileName.TryParse(text, out _), text);
        foreach (var row in root.GetProperty("sdist").EnumerateArray())
        {
            var sdist = SdistFileName.Parse(row.GetProperty("file").GetString()!);
            Assert.Equal((row.GetProperty("name").GetString(), row.GetProperty("version").GetString()), (sdist.Name.Value, sdist.Version.ToString()));
        }

        foreach (var text in Texts(root.GetProperty("sdist_invalid")))
            Assert.False(SdistFileName.TryParse(text, out _), text);
    }

    private static void HoldsParts(PackageVersion version, JsonElement parts)
    {
        Assert.Equal(parts.GetProperty("str").GetString(), version.ToString());
        Assert.Equal(parts.GetProperty("epoch").ToString(), version.Epoch.ToString());
        Assert.Equal(parts.GetProperty("release").EnumerateArray().Select(number => number.ToString()), version.Release.Select(number => number.ToString()));
        var pre = parts.GetProperty("pre");
        Assert.Equal(pre.ValueKind == JsonValueKind.Null ? null : pre[0].GetString(), version.PreKind switch
        {
            PreReleaseKind.Alpha => "a",
            PreReleaseKind.Beta => "b",
            PreReleaseKind.ReleaseCandidate => "rc",
            _ => null,
        });
        Assert.Equal(pre.ValueKind == JsonValueKind.Null ? "" : pre[1].ToString(), version.PreNumber.ToString());
        Assert.Equal(parts.GetProperty("post").ToString(), version.Post.ToString());
        Assert.Equal(parts.GetProperty("dev").ToString(), version.Development.ToString());
        Assert.Equal(parts.GetProperty("local").GetString(), version.Local);
        Assert.Equal(parts.GetProperty("is_prerelease").GetBoolean(), version.IsPreRelease);
        Assert.Equal(parts.GetProperty("post").ValueKind != JsonValueKind.Null, version.IsPostRelease);
        Assert.Equal(parts.GetProperty("dev").ValueKind != JsonValueKind.Null, version.IsDevelopment);
    }

    private static bool? Flag(JsonElement flag) => flag.ValueKind == JsonValueKind.Null ? null : flag.GetBoolean();

    private static Platform PlatformOf(string text)
    {
        string[] parts = text.Split('-');
        var architecture = parts.Contains("x86_64") ? "x64" : "arm64";
        var (rid, floorName, floor) = parts[0] == "macos" ? ($"osx-{architecture}", "macos", parts[1])
            : parts[2].StartsWith("glibc", StringComparison.Ordinal) ? ($"linux-{architecture}", "glibc", parts[2][5..])
            : ($"linux-musl-{architecture}", "musl", parts[2][4..]);
        Assert.True(Platform.Parse(rid).TryWithFloor(floorName, floor, out var platform, out _));
        return platform;
    }

    private static IEnumerable<string> Texts(JsonElement rows) => rows.EnumerateArray().Select(row => row.GetString()!);

    private static JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Require.Conformance(), name)));
}
