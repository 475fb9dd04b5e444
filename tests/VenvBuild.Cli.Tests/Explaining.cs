using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using VenvBuild.Packaging;
using VenvBuild.Testing;
using VenvBuild.Workspace;

namespace VenvBuild.Cli.Tests;

public sealed partial class Explaining
{
    /// <summary>Options of other tools, and of the server's executable, that texts name.</summary>
    private static readonly string[] Foreign = ["--hash", "--require-hashes", "--replace", "--repair", "--scopes", "--urls", "--solves-a-day", "--megabytes", "--builds-a-day", "--stored-megabytes", "--dry-run"];

    public static TheoryData<string> Codes => [.. Explanation.All().Select(one => one.Code)];

    [Fact]
    public async Task A_code_is_explained_with_its_title_what_it_means_and_what_to_do()
    {
        var run = await Run.OfToolAsync("explain", "pyenv1108");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            """
            PYENV1108: A merge left its conflict markers in the manifest
            error, exit 2

            Git could not join two changes and marked both sides. Until a person chooses, the file means
            nothing.

            Edit the file so that it says what both sides want, remove the lines that begin with `<<<<<<<`,
            `=======` and `>>>>>>>`, then bring the lock after it:

                dotnet pyenv lock
                git add pyenv.yaml pylock.toml

            If the lock has conflict markers as well, see PYENV1204.

            """.ReplaceLineEndings("\n").Replace("means\nnothing", "means nothing", StringComparison.Ordinal).ReplaceLineEndings(" "),
            run.Output.ReplaceLineEndings(" "));
        Assert.All(run.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Several_codes_are_explained_in_the_order_in_which_they_are_asked_for()
    {
        var run = await Run.OfToolAsync("explain", "1251", "1250", "1251");

        Assert.Matches("(?s)^PYENV1251: .*\n\nPYENV1250: [^\n]*\n(?!.*PYENV1251: )", run.Output);
    }

    [Fact]
    public async Task Without_a_code_all_are_listed_and_a_search_leaves_those_that_hold_the_text()
    {
        var all = await Run.OfToolAsync("explain");
        var some = await Run.OfToolAsync("explain", "--search", "CONFLICT MARKERS");
        var none = await Run.OfToolAsync("explain", "--search", "there is no such text");

        Assert.Equal(Explanation.All().Count, all.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("PYENV1108 A merge left its conflict markers in the manifest (error, exit 2)\n", all.Output, StringComparison.Ordinal);
        Assert.Equal(["PYENV1108", "PYENV1204"], some.Output.TrimEnd('\n').Split('\n').Select(line => line[..9]));
        Assert.Equal((1, ""), (none.ExitCode, none.Output));
    }

    [Fact]
    public async Task A_code_that_there_is_not_is_wrong_usage_and_the_nearest_are_named()
    {
        var run = await Run.OfToolAsync("explain", "PYENV1199", "1101");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("error PYENV1003: There is no code 'PYENV1199'. The nearest are ", run.Error, StringComparison.Ordinal);
        Assert.Contains("PYENV1190 (A key has no effect yet)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_read_the_same_as_one_document()
    {
        var run = await Run.OfToolAsync("explain", "1250", "--json");

        using var document = JsonDocument.Parse(run.Output);
        var explained = Assert.Single(document.RootElement.GetProperty("result").EnumerateArray());
        Assert.Equal("PYENV1250", explained.GetProperty("code").GetString());
        Assert.Equal("error, exit 1", explained.GetProperty("kind").GetString());
        Assert.Contains(explained.GetProperty("blocks").EnumerateArray(), block => block.GetProperty("language").GetString() == "sh" && block.GetProperty("text").GetString()!.StartsWith("dotnet pyenv lock\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_at_a_terminal_is_told_at_the_end_of_a_failed_run_where_more_is_said()
    {
        var failing = new StandInVerb((session, _) =>
        {
            session.Report(Diagnostic.Warning("PYENV1313", "Yanked."));
            throw new DiagnosticException(ExitCode.Usage, [Diagnostic.Error("PYENV1112", "One."), Diagnostic.Error("PYENV1112", "Two."), Diagnostic.Error("PYENV1113", "Three.")]);
        });
        const string hint = "What that means: dotnet pyenv explain PYENV1112 PYENV1113\n";

        Assert.EndsWith(hint, (await Run.OfAsync([failing], ["stand-in"], isTerminal: true)).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("explain", (await Run.OfAsync([failing], ["stand-in"])).Error, StringComparison.Ordinal);
        Assert.All(new[] { "-q", "--json", "--diagnostics=msbuild" }, option => Assert.DoesNotContain("explain", Run.OfAsync([failing], ["stand-in", option], isTerminal: true).GetAwaiter().GetResult().Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_said_of_it_where_all_went_well_or_the_arguments_were_wrong()
    {
        var warning = new StandInVerb((session, _) =>
        {
            session.Report(Diagnostic.Warning("PYENV1313", "Yanked."));
            return Task.FromResult(new Answer(ExitCode.Done));
        });

        Assert.DoesNotContain("explain", (await Run.OfAsync([warning], ["stand-in"], isTerminal: true)).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("What that means", (await Run.OfAsync(CommandLine.Verbs(), ["explain", "PYENV1199"], isTerminal: true)).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("What that means", (await Run.OfAsync(CommandLine.Verbs(), ["lock", "--upgade"], isTerminal: true)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_command_in_an_explanation_is_one_that_the_command_line_understands(string code)
    {
        foreach (var block in Explanation.Find(code)!.Blocks)
        {
            var commands = block.Language switch
            {
                "sh" => block.Text.Split('\n'),
                null => Inline().Matches(block.Text).Select(match => match.Groups[1].Value),
                _ => [],
            };
            foreach (var command in commands.Where(command => command.StartsWith("dotnet pyenv", StringComparison.Ordinal)))
            {
                var parsed = CommandLine.Parse(CommandLine.Verbs(), [.. Words().Matches(command).Skip(2).Select(word => word.Value.Trim('"'))]);
                Assert.True(UsageErrors.Find(parsed).Count == 0, $"{command}: {string.Join(' ', UsageErrors.Find(parsed))}");
            }

            if (block.Language is null)
                AssertKnown(block.Text);
        }
    }

    [Fact]
    public void Every_remedy_names_only_verbs_and_options_that_exist()
    {
        var commands = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            if (Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar) is var parts && (parts.Contains("obj") || parts.Contains("bin") || parts.Contains("VenvBuild.Server")))
                continue;
            foreach (var text in Statements().Matches(File.ReadAllText(file)).Select(statement => statement.Value))
            {
                AssertKnown(text);
                foreach (Match command in Named().Matches(text))
                {
                    commands++;
                    Assert.True(Exists(command.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)), $"{file}: {command.Value}");
                }
            }
        }

        Assert.InRange(commands, 25, int.MaxValue);
    }

    private static void AssertKnown(string text)
    {
        var known = Everything().SelectMany(command => command.Options).Concat(GlobalOptions.All).Select(option => option.Name).Concat(Foreign).Append("--help").ToHashSet(StringComparer.Ordinal);
        Assert.All(Options().Matches(text).Select(match => match.Value), option => Assert.True(known.Contains(option), $"{option} in {text}"));
    }

    /// <summary>Whether words begin with a verb and go on with its options or with values: a sentence may follow.</summary>
    private static bool Exists(string[] words)
    {
        if (words.Length == 0)
            return true;
        var verb = Everything().FirstOrDefault(command => command is Verb known && words.Length > known.FullName.Count(letter => letter == ' ') && string.Join(' ', words.Take(known.FullName.Split(' ').Length)) == known.FullName);
        return verb is not null
            && words.Where(word => word.StartsWith("--", StringComparison.Ordinal) && word.Length > 2).All(word => verb.Options.Concat(GlobalOptions.All).Any(option => option.Name == word) || word == "--help");
    }

    private static IEnumerable<Command> Everything() => CommandLine.Parse(CommandLine.Verbs(), []).RootCommandResult.Command.Subcommands.SelectMany(command => command is Verb ? [command] : command.Subcommands);

    [GeneratedRegex("`([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Inline();

    [GeneratedRegex("\"[^\"]*\"|[^ ]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex("(?<![\\w-])--[a-z][a-z-]*", RegexOptions.CultureInvariant)]
    private static partial Regex Options();

    [GeneratedRegex(@"Diagnostic\.(Error|Warning|Verbose)\([^;]*;", RegexOptions.CultureInvariant)]
    private static partial Regex Statements();

    /// <summary>A command in a sentence ends with the quote around it, with punctuation, or with the first word that is no part of one.</summary>
    [GeneratedRegex(@"dotnet pyenv((?: (?:[a-z]+(?=[ '"".,;:)])|--[a-z-]+|[A-Z]+\b|\{[^}]*\}|-o))*)", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}
