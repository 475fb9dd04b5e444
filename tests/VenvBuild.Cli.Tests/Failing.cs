using VenvBuild.Packaging;

namespace VenvBuild.Cli.Tests;

public sealed class Failing
{
    [Fact]
    public async Task A_diagnosed_failure_answers_its_exit_code_and_tells_each_diagnostic()
    {
        var run = await StandInVerb.FailAsync(new DiagnosticException(ExitCode.Unsatisfiable,
        [
            Diagnostic.Error("PYENV1399", "Nothing fits.", new("pyenv.yaml", 4, 5), "Ask for less.", "because a\nbecause b"),
            Diagnostic.Error("PYENV1398", "Nor this."),
        ]));

        Assert.Equal(3, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal(
            "pyenv.yaml(4,5): error PYENV1399: Nothing fits. Ask for less.\n    because a\n    because b\ndotnet-pyenv: error PYENV1398: Nor this.\n",
            run.Error);
    }

    [Fact]
    public async Task A_defect_is_a_sentence_to_report_without_a_stack_trace()
    {
        var run = await StandInVerb.FailAsync(new InvalidOperationException("sequence has no elements"));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("error PYENV1001: This is a defect of dotnet-pyenv", run.Error, StringComparison.Ordinal);
        Assert.Contains("sequence has no elements", run.Error, StringComparison.Ordinal);
        Assert.Contains("Please report it", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_defect_shows_its_stack_trace_when_detail_is_asked_for()
    {
        var run = await StandInVerb.FailAsync(new InvalidOperationException("sequence has no elements"), "-v");

        Assert.Contains("System.InvalidOperationException", run.Error, StringComparison.Ordinal);
        Assert.Contains("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_no_defect()
    {
        var run = await StandInVerb.FailAsync(new UnauthorizedAccessException("Access to the path '/x' is denied."));

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("error PYENV1002: Access to the path '/x' is denied.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_cancels_and_answers_130()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to raise.");
        var verb = new StandInVerb(async (_, cancellationToken) =>
        {
            using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new Answer(ExitCode.Done);
        });

        var run = await Run.OfAsync([verb], ["stand-in"]);

        Assert.Equal(130, run.ExitCode);
        Assert.Contains("Cancelled", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stnd-in", "Did you mean 'stand-in'?")]
    [InlineData("--of-line", "Did you mean '--offline'?")]
    [InlineData("wholly-other", "--help")]
    public async Task A_word_that_is_unknown_is_answered_with_what_was_perhaps_meant(string word, string hint)
    {
        var run = await Run.OfAsync([new StandInVerb((_, _) => Task.FromResult(new Answer(ExitCode.Done)))], [word]);

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("error PYENV1003: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lock", "--chek", "Did you mean '--check'?")]
    [InlineData("add", "--gruop", "Did you mean '--group'?")]
    [InlineData("verify", "--wholly-other", "There is no option '--wholly-other'.")]
    public async Task An_unknown_option_is_not_taken_for_the_argument_of_a_verb(string verb, string option, string hint)
    {
        var run = await Run.OfAsync(CommandLine.Verbs(), [verb, option]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("error PYENV1003: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--index-url", "ftp://x")]
    [InlineData("--server", "here")]
    [InlineData("--diagnostics", "html")]
    public async Task An_option_with_a_wrong_value_is_refused_before_any_work(string option, string value)
    {
        var run = await StandInVerb.RunAsync(_ => throw new InvalidOperationException("ran"), option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"'{value}' is no", run.Error, StringComparison.Ordinal);
    }
}
