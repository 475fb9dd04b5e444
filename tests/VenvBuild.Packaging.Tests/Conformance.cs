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

    private static JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Require.Conformance(), name)));
}
