namespace VenvBuild.Cli.Tests;

public sealed class Teaching
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
    public async Task Version_is_the_version_alone()
    {
        var run = await Run.OfToolAsync("--version");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?\n$", run.Output);
    }
}
