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
