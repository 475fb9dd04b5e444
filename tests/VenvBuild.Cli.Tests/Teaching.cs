using System.Text.RegularExpressions;

namespace VenvBuild.Cli.Tests;

public sealed partial class Teaching
{
    [Fact]
    public async Task Help_of_a_verb_ends_with_examples()
    {
        var run = await StandInVerb.RunAsync(_ => throw new InvalidOperationException("ran"), "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Does what a test says.", run.Output, StringComparison.Ordinal);
        Assert.Contains("--manifest <FILE>", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("Examples:\n  dotnet pyenv stand-in --json\n      Shows what a program reads.\n\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_verb_has_examples_that_the_command_line_understands()
    {
        var verbs = CommandLine.Verbs().SelectMany(command => command is Verb verb ? [verb] : command.Subcommands.OfType<Verb>()).ToList();
        Assert.NotEmpty(verbs);
        foreach (var verb in verbs)
        {
            Assert.NotEmpty(verb.Examples);
            Assert.False(string.IsNullOrWhiteSpace(verb.Description));
            Assert.All(verb.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description)));
            foreach (var example in verb.Examples)
            {
                var parsed = CommandLine.Parse(CommandLine.Verbs(), [.. Words().Matches(example.Arguments).Select(word => word.Value.Trim('"'))]);
                Assert.Empty(UsageErrors.Find(parsed));
                Assert.Equal(verb.FullName, Assert.IsType<Verb>(parsed.CommandResult.Command, exactMatch: false).FullName);
            }
        }
    }

    [Fact]
    public async Task Version_is_the_version_alone()
    {
        var run = await Run.OfToolAsync("--version");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?\n$", run.Output);
    }

    [GeneratedRegex("\"[^\"]*\"|[^ ]+")]
    private static partial Regex Words();
}
