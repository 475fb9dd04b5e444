using System.Text.RegularExpressions;
using System.Xml.Linq;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary>The rooms know one another in one direction only, and a code means one thing.</summary>
public sealed class House
{
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Packaging"] = [],
        ["Resolver"] = ["Packaging"],
        ["Index"] = ["Packaging", "Resolver"],
        ["Environments"] = ["Packaging", "Index"],
        ["Remote"] = ["Packaging", "Environments"],
        ["Workspace"] = ["Packaging", "Resolver", "Index", "Environments", "Remote"],
        ["Cli"] = ["Workspace"],
        ["Server"] = ["Workspace"],
        ["Tasks"] = [],
        // The package holds the tool and the tasks, and compiles against neither.
        ["MSBuild"] = ["Tasks", "Cli"],
    };

    [Fact]
    public void Every_room_is_known_and_references_only_what_it_may()
    {
        var projects = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(MayUse.Keys.Order(StringComparer.Ordinal), projects.Select(Room).Order(StringComparer.Ordinal));
        foreach (var project in projects)
        {
            var used = XDocument.Load(project).Descendants("ProjectReference").Select(reference => Room(reference.Attribute("Include")!.Value));
            Assert.All(used, room => Assert.True(MayUse[Room(project)].Contains(room), $"{Room(project)} may not use {room}."));
        }
    }

    [Fact]
    public void The_map_names_every_room()
    {
        var map = File.ReadAllText(Path.Combine(Repository.Root, "src", "README.md"));
        Assert.All(MayUse.Keys, room => Assert.Contains($"](VenvBuild.{room})", map, StringComparison.Ordinal));
    }

    [Fact]
    public void A_code_means_one_thing()
    {
        var codes = new Regex("const string (\\w+) = \"(PYENV[0-9]{4})\"", RegexOptions.CultureInvariant);
        var declared = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*Codes.cs", SearchOption.AllDirectories)
            .SelectMany(file => codes.Matches(File.ReadAllText(file)), (file, match) => (Code: match.Groups[2].Value, Name: $"{Path.GetFileName(file)}: {match.Groups[1].Value}"))
            .ToList();
        Assert.NotEmpty(declared);
        Assert.Empty(declared.GroupBy(code => code.Code).Where(code => code.Count() > 1).Select(code => $"{code.Key}: {string.Join(", ", code.Select(one => one.Name))}"));
    }

    private static string Room(string project) => Path.GetFileNameWithoutExtension(project.Replace('\\', '/')).Replace("VenvBuild.", "", StringComparison.Ordinal);
}
