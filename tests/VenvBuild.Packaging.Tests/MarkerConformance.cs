using System.Text.Json;
using VenvBuild.Testing;

namespace VenvBuild.Packaging.Tests;

/// <summary>The requirement and marker vectors of pypa/packaging, where they stand beside the repository.</summary>
public sealed class MarkerConformance
{
    [Fact]
    public void Requirements_hold_every_row_of_pep508()
    {
        using var document = Read();
        var rows = document.RootElement;
        foreach (var row in rows.GetProperty("requirements_valid").EnumerateArray())
        {
            var requirement = Requirement.Parse(row[0].GetString()!);
            var parts = row[1];
            Assert.Equal(PackageName.Parse(parts.GetProperty("name").GetString()!), requirement.Name);
            Assert.Equal(Texts(parts, "extras").Select(ExtraName.Parse).Order(), requirement.Extras);
            Assert.Equal(VersionSpecifiers.Create(Texts(parts, "specifier").Select(VersionSpecifier.Parse)), requirement.Specifiers);
            Assert.Equal(Text(parts, "url"), requirement.Url);
            Assert.Equal(Text(parts, "marker"), requirement.Marker?.ToString());
            Assert.Equal(requirement, Requirement.Parse(requirement.ToString()));
        }

        foreach (var row in rows.GetProperty("requirements_invalid").EnumerateArray())
            Assert.False(Requirement.TryParse(row[0].GetString(), out _), row.ToString());
        foreach (var row in rows.GetProperty("requirements_equal").EnumerateArray())
        {
            var (left, right) = (Requirement.Parse(row[0].GetString()!), Requirement.Parse(row[1].GetString()!));
            Assert.Equal(left, right);
            Assert.Equal(left.GetHashCode(), right.GetHashCode());
        }

        foreach (var row in rows.GetProperty("requirements_normalized").EnumerateArray())
            Assert.Equal(row[1].GetString(), Requirement.Parse(row[0].GetString()!).ToString());
    }

    [Fact]
    public void Markers_hold_every_row_of_pep508()
    {
        using var document = Read();
        var rows = document.RootElement;
        foreach (var row in rows.GetProperty("markers_valid").EnumerateArray())
        {
            var marker = Marker.Parse(row.GetString()!);
            Assert.Equal(marker, Marker.Parse(marker.ToString()));
            var set = MarkerSet.Of(marker);
            Assert.True(set.HasExactMarker, row.ToString());
            Assert.Equal(set, MarkerSet.OfOptional(set.ToMarker()));
        }

        foreach (var row in rows.GetProperty("markers_invalid").EnumerateArray())
            Assert.False(Marker.TryParse(row[0].GetString(), out _), row.ToString());
        foreach (var row in rows.GetProperty("markers_text").EnumerateArray())
            Assert.Equal(Marker.Parse(row[1].GetString()!).ToString(), Marker.Parse(row[0].GetString()!).ToString());
        foreach (var row in rows.GetProperty("markers_evaluate").GetProperty("rows").EnumerateArray())
        {
            var environment = Environment(rows.GetProperty("base_env"), row[1]);
            var extras = MarkerEnvironments.Names(Text(row[1], "extra") is { Length: > 0 } extra ? [extra] : []);
            Assert.True(row[2].GetBoolean() == Marker.Parse(row[0].GetString()!).Evaluate(environment, extras), row.ToString());
        }

        foreach (var row in rows.GetProperty("markers_lock_file").GetProperty("rows").EnumerateArray())
        {
            var extras = MarkerEnvironments.Names(Texts(row[1], "extras"));
            var groups = MarkerEnvironments.Names(Texts(row[1], "dependency_groups"));
            var marker = Marker.Parse(row[0].GetString()!);
            Assert.True(row[2].GetBoolean() == marker.Evaluate(MarkerEnvironments.Linux, extras, groups), row.ToString());
            Assert.True(row[2].GetBoolean() == MarkerSet.Of(marker).Contains(MarkerEnvironments.Linux, extras, groups), row.ToString());
        }
    }

    internal static MarkerEnvironment Environment(JsonElement baseValues, JsonElement values)
    {
        string Value(string name) => Text(values, name) ?? Text(baseValues, name)!;
        return new()
        {
            ImplementationName = Value("implementation_name"),
            ImplementationVersion = Value("implementation_version"),
            OsName = Value("os_name"),
            PlatformMachine = Value("platform_machine"),
            PlatformRelease = Value("platform_release"),
            PlatformSystem = Value("platform_system"),
            PlatformVersion = Value("platform_version"),
            PythonFullVersion = Value("python_full_version"),
            PlatformPythonImplementation = Value("platform_python_implementation"),
            PythonVersion = Value("python_version"),
            SysPlatform = Value("sys_platform"),
        };
    }

    internal static JsonDocument Read() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Require.Conformance(), "pep508.json")));

    internal static string? Text(JsonElement parts, string name) => parts.TryGetProperty(name, out var value) ? value.GetString() : null;

    internal static IEnumerable<string> Texts(JsonElement parts, string name) =>
        parts.TryGetProperty(name, out var value) ? value.EnumerateArray().Select(item => item.GetString()!) : [];
}
