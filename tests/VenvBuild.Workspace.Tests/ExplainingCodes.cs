using System.Text.RegularExpressions;
using NuGet.Versioning;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary>Each code that the tool can say is explained, truly, and no other is.</summary>
public sealed partial class ExplainingCodes
{
    private static readonly string Source = Path.Combine(Repository.Root, "src");
    private static readonly IReadOnlyList<Explanation> All = Explanation.All();

    /// <summary>The code, and how it is written where it is raised.</summary>
    private static readonly Lazy<List<(string Code, string Name)>> Declared = new(() =>
    [
        .. Files("*Codes.cs").SelectMany(file => Constant().Matches(File.ReadAllText(file)), (file, match) => (match.Groups[2].Value, $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups[1].Value}")),
        .. Files("*.proj").Concat(Files("*.targets")).Concat(Files("*.cs").Where(file => !file.EndsWith("Codes.cs", StringComparison.Ordinal)))
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)), (_, match) => (match.Groups[1].Value, match.Value)),
    ]);

    private static readonly Lazy<List<string>> Raising = new(() => [.. Files("*.cs").Where(file => !file.EndsWith("Codes.cs", StringComparison.Ordinal)).Select(File.ReadAllText)]);

    public static TheoryData<string> Explained => [.. All.Select(one => one.Code)];

    [Fact]
    public void Every_code_that_exists_is_explained_and_no_other() =>
        Assert.Equal(Declared.Value.Select(one => one.Code).Distinct().Order(StringComparer.Ordinal), All.Select(one => one.Code));

    [Fact]
    public void Every_code_that_exists_is_raised_somewhere() =>
        Assert.Empty(Declared.Value.Where(one => !one.Name.StartsWith('"') && !one.Name.StartsWith("Code", StringComparison.Ordinal) && !Raising.Value.Exists(text => text.Contains(one.Name, StringComparison.Ordinal))).Select(one => $"{one.Code} ({one.Name})"));

    [Theory]
    [MemberData(nameof(Explained))]
    public void An_explanation_says_how_grave_it_is_as_the_code_does(string code)
    {
        var explanation = Explanation.Find(code)!;
        var kinds = explanation.Kind.Split("; ").Select(kind => KindOf().Match(kind)).ToList();
        Assert.All(kinds, kind => Assert.True(kind.Success, explanation.Kind));
        var exits = kinds.SelectMany(kind => kind.Groups[2].Captures).Select(exit => exit.Value).ToHashSet(StringComparer.Ordinal);
        // What a server answers with ends no run, and MSBuild has its own way to say that a build failed.
        var endsRuns = !Declared.Value.Exists(one => one.Code == code && (one.Name.StartsWith("ServerCodes.", StringComparison.Ordinal) || one.Name.Contains('"', StringComparison.Ordinal)));
        Assert.True(exits.Count > 0 || !endsRuns || kinds.TrueForAll(kind => kind.Groups[1].Value != "error"), $"{code} does not say how a run ends.");
        var severities = kinds.Select(kind => kind.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        foreach (var statement in Declared.Value.Where(one => one.Code == code).SelectMany(one => Statements(one.Name)))
        {
            foreach (var (word, severity) in new[] { ("Error", "error"), ("Warning", "warning"), ("Verbose", "remark") })
            {
                if (statement.Contains($"Diagnostic.{word}(", StringComparison.Ordinal) && Regex.Count(statement, @"Diagnostic\.(Error|Warning|Verbose)\(") == 1)
                    Assert.True(severities.Contains(severity), $"{code} is raised as {severity}:\n{statement}");
            }

            if (Regex.Matches(statement, @"\bExitCode\.(\w+)\b") is [var exit] && Enum.TryParse<ExitCode>(exit.Groups[1].Value, out var status) && exits.Count > 0)
                Assert.True(exits.Contains(((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture)), $"{code} ends with {(int)status}:\n{statement}");
        }
    }

    [Theory]
    [MemberData(nameof(Explained))]
    public void What_an_explanation_shows_of_the_manifest_is_read_by_the_tool(string code)
    {
        var explanation = Explanation.Find(code)!;
        foreach (var block in explanation.Blocks)
        {
            if (block.Language == "yaml wrong")
            {
                var problem = Assert.Throws<DiagnosticException>(() => Read(block.Text));
                Assert.Equal([code], problem.Diagnostics.Select(diagnostic => diagnostic.Code).Distinct());
            }
            else if (block.Language == "yaml")
            {
                Assert.Null(Record.Exception(() => Read(block.Text)));
            }
            else if (block.Language is null)
            {
                foreach (var text in Inline().Matches(block.Text).Select(match => match.Groups[1].Value).Where(IsManifestLine))
                    Assert.Null(Record.Exception(() => Read(text.StartsWith("requirements:", StringComparison.Ordinal) ? text : $"requirements: []\n{text}")));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Explained))]
    public void An_explanation_is_laid_out_for_a_person(string code)
    {
        var explanation = Explanation.Find(code)!;
        Assert.InRange(explanation.Title.Length, 10, 90);
        Assert.False(explanation.Title.EndsWith('.'));
        Assert.NotEmpty(explanation.Blocks);
        Assert.Null(explanation.Blocks[0].Language);
        Assert.All(explanation.Blocks, block => Assert.Contains(block.Language, new[] { null, "text", "sh", "yaml", "yaml wrong", "toml" }));
        Assert.All(explanation.Blocks.Where(block => block.Language is null), block => Assert.Equal(0, block.Text.Count(letter => letter == '`') % 2));
        // What it quotes is what the tool says, under this code.
        Assert.All(
            explanation.Blocks.Where(block => block.Language == "text").SelectMany(block => Said().Matches(block.Text)),
            said => Assert.Equal(code, said.Groups[1].Value));
        Assert.All(
            explanation.Blocks.SelectMany(block => Mentioned().Matches(block.Text)).Select(match => match.Value),
            other => Assert.Contains(Declared.Value, one => one.Code == other));
    }

    [Fact]
    public void A_code_is_found_however_it_is_written()
    {
        var explanation = Explanation.Find("PYENV1101")!;
        Assert.Equal("PYENV1101", explanation.Code);
        Assert.All(new[] { "1101", "pyenv1101", " PyEnv1101 " }, text => Assert.Equal(explanation.Title, Explanation.Find(text)?.Title));
        Assert.All(new[] { "", "PYENV", "11", "11011", "PYENV1199", "../1", "ab01", "9901" }, text => Assert.Null(Explanation.Find(text)));
    }

    [Theory]
    [InlineData("PYENV1119", "PYENV1118")]
    [InlineData("1106", "1106")]
    [InlineData("PYENV11066", "1106")]
    [InlineData("banana", "PYENV")]
    public void The_nearest_codes_of_a_wrong_one_are_known(string wrong, string near) =>
        Assert.Contains(Explanation.Near(wrong), one => one.Code.Contains(near, StringComparison.Ordinal));

    private static bool IsManifestLine(string text) => ManifestReader.Keys.Any(key => text.StartsWith(key + ": ", StringComparison.Ordinal)) && !text.Contains("...", StringComparison.Ordinal);

    private static Manifest Read(string text) => Manifest.Parse(
        System.Text.Encoding.UTF8.GetBytes(text), ManifestLocation.At(Path.Combine(Path.GetTempPath(), "pyenv.yaml")), "pyenv.yaml", new NuGetVersion(0, 1, 0));

    /// <summary>The statements in which a code is used, as far as punctuation tells.</summary>
    private static IEnumerable<string> Statements(string name)
    {
        var use = new Regex($@"\b{Regex.Escape(name)}\b", RegexOptions.CultureInvariant);
        foreach (var text in Raising.Value)
        {
            foreach (var at in use.Matches(text).Select(match => match.Index))
            {
                var start = text.LastIndexOfAny([';', '}'], at) + 1;
                var end = text.IndexOf(';', at);
                yield return text[start..(end < 0 ? text.Length : end)];
            }
        }
    }

    private static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Source, pattern, SearchOption.AllDirectories)
        .Where(file => Path.GetRelativePath(Source, file).Split(Path.DirectorySeparatorChar) is var parts && !parts.Contains("obj") && !parts.Contains("bin"));

    [GeneratedRegex("const string (\\w+) = \"(PYENV[0-9]{4})\"", RegexOptions.CultureInvariant)]
    private static partial Regex Constant();

    [GeneratedRegex("(?:Code=)?\"(PYENV[0-9]{4})\"", RegexOptions.CultureInvariant)]
    private static partial Regex Literal();

    [GeneratedRegex("^(?<1>error|warning|remark)(?:, exit (?<2>[0-9]+)(?: or (?<2>[0-9]+))?|, answer 4[0-9][0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex KindOf();

    [GeneratedRegex("`([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Inline();

    [GeneratedRegex("(?:error|warning) (PYENV[0-9]{4}):", RegexOptions.CultureInvariant)]
    private static partial Regex Said();

    [GeneratedRegex("PYENV[0-9]{4}", RegexOptions.CultureInvariant)]
    private static partial Regex Mentioned();
}
