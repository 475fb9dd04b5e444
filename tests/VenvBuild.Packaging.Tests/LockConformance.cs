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

    private static JsonDocument Read() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Require.Conformance(), "pylock.json")));
}
