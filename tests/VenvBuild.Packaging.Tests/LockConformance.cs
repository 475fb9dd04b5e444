using System.Text;
using System.Text.Json;
using VenvBuild.Testing;

namespace VenvBuild.Packaging.Tests;

/// <summary>The lock vectors of pypa/packaging, where they stand beside the repository.</summary>
public sealed class LockConformance
{
    [Fact]
    public void File_names_hold_every_row()
    {
        using var rows = Read();
        foreach (var row in rows.RootElement.GetProperty("file_names").EnumerateArray())
            Assert.Equal(row[1].GetBoolean(), LockFileName.IsValid(row[0].GetString()));
    }

    [Fact]
    public void Documents_hold_every_row()
    {
        using var rows = Read();
        foreach (var row in rows.RootElement.GetProperty("documents").EnumerateArray())
        {
            var toml = Encoding.UTF8.GetBytes(row.GetProperty("toml").GetString()!);
            if (row.GetProperty("valid").GetBoolean())
            {
                var written = LockWriter.Write(LockReader.Read(toml, "pylock.toml").Document);
                Assert.Equal(written, LockWriter.Write(LockReader.Read(written, "pylock.toml").Document));
            }
            else
            {
                var problem = Assert.Throws<DiagnosticException>(() => LockReader.Read(toml, "pylock.toml"));
                Assert.All(problem.Diagnostics, diagnostic => Assert.NotNull(diagnostic.Location));
            }
        }
    }

    [Fact]
    public void The_example_of_the_specification_survives_reading_and_writing()
    {
        using var rows = Read();
        var example = LockReader.Read(Encoding.UTF8.GetBytes(rows.RootElement.GetProperty("spec_example").GetString()!), "pylock.toml");
        Assert.Empty(example.Warnings);
        Assert.Equal(["attrs", "cattrs", "numpy"], example.Document.Packages.Select(package => package.Name.Value));
        Assert.Equal(2, example.Document.Packages[2].Wheels.Count);
        var written = LockWriter.Write(example.Document);
        var again = LockReader.Read(written, "pylock.toml").Document;
        Assert.Equal(written, LockWriter.Write(again));
        Assert.Equal("GitHub", again.Packages[0].AttestationIdentities[0].TryGet("kind", out var kind) ? kind.Text : null);
        Assert.Equal(16116679, again.Packages[2].Wheels[0].Size);
    }

    [Fact]
    public void Selection_holds_every_row()
    {
        using var rows = Read();
        foreach (var row in rows.RootElement.GetProperty("select").EnumerateArray())
        {
            var document = LockReader.Read(Encoding.UTF8.GetBytes(row.GetProperty("toml").GetString()!), "pylock.toml").Document;
            if (row.TryGetProperty("error", out _))
            {
                Assert.Throws<DiagnosticException>(() => Select(document, row));
                continue;
            }

            Assert.Equal(
                row.GetProperty("selected").EnumerateArray().Select(selected => JsonSerializer.Serialize(selected)),
                Select(document, row).Select(selected => JsonSerializer.Serialize(
                    new[] { selected.Package.Name.Value, selected.Package.Version?.ToString(), KindOf(selected), selected.File?.Name })),
                StringComparer.Ordinal);
        }
    }

    private static IReadOnlyList<SelectedPackage> Select(LockDocument document, JsonElement row)
    {
        // An empty environment or no tags mean the host's own, which any CPython stands for.
        var host = new Target(Platform.Parse("linux-x64"), new(3, 12));
        Func<WheelTagSet, int?> rank = host.Tags.Rank;
        if (row.GetProperty("tags") is { ValueKind: JsonValueKind.Array } tags)
        {
            var list = tags.EnumerateArray().Select(tag => WheelTag.Parse(tag.GetString()!)).ToList();
            rank = set => set.Expand().Select(tag => list.IndexOf(tag)).Where(place => place >= 0).Select(place => (int?)place).Min();
        }

        var values = row.GetProperty("environment");
        string Value(string name) => values.GetProperty(name).GetString()!;
        var environment = !values.EnumerateObject().Any() ? host.ToMarkerEnvironment(PackageVersion.Parse("3.12.12")) : new MarkerEnvironment
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
        return LockSelection.Select(document, environment, rank, Names(row.GetProperty("extras")), Names(row.GetProperty("dependency_groups")));
    }

    private static ExtraName[]? Names(JsonElement names) =>
        names.ValueKind == JsonValueKind.Null ? null : [.. names.EnumerateArray().Select(name => ExtraName.Parse(name.GetString()!))];

    private static string KindOf(SelectedPackage selected) =>
        selected.IsWheel ? "wheel"
        : selected.File is not null ? "sdist"
        : selected.Package.Vcs is not null ? "vcs"
        : selected.Package.Directory is not null ? "directory" : "archive";

    private static JsonDocument Read() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Require.Conformance(), "pylock.json")));
}
