using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli.Tests;

/// <summary>What GitHub Actions is told.</summary>
public sealed class InWorkflows
{
    private static readonly string Workspace = Path.GetFullPath(Path.Combine(Path.GetTempPath(), "checkout"));

    [Fact]
    public void A_diagnostic_is_an_annotation_of_its_place_with_every_separator_escaped()
    {
        var workflow = new WorkflowCommands(Workspace);
        var diagnostic = Diagnostic.Error("PYENV1101", "100% wrong:\r\na,b", new(Path.Combine(Workspace, "a,b", "pyenv.yaml"), 4, 5), "Mend it.", "because ::this");
        Assert.Equal("::error file=a%2Cb/pyenv.yaml,line=4,col=5,title=PYENV1101::100%25 wrong:%0D%0Aa,b Mend it.%0Abecause ::this", workflow.Annotation(diagnostic));
        Assert.Equal("::warning title=PYENV1::Look.", workflow.Annotation(Diagnostic.Warning("PYENV1", "Look.")));
        Assert.Null(workflow.Annotation(Diagnostic.Verbose("PYENV1", "Passed over.")));
        Assert.True(workflow.Annotation(Diagnostic.Error("PYENV1", new string('x', 100_000)))!.Length < 5000);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("--diagnostics text", true)]
    [InlineData("--diagnostics msbuild", false)]
    public async Task Annotations_come_beside_the_diagnostics_unless_their_reader_makes_his_own(string options, bool isAnnotated)
    {
        var run = await RunAsync(options, null, session =>
        {
            session.Report(Diagnostic.Error("PYENV1399", "No.", new("pyenv.yaml", 2, 3), detail: "one\n  ::add-mask::two\n##[group]three"));
            return new(ExitCode.CheckFailed);
        });
        Assert.Equal(isAnnotated ? 1 : 0, run.Error.Split('\n').Count(line => line.StartsWith("::error file=", StringComparison.Ordinal)));
        Assert.Contains("PYENV1399", run.Error, StringComparison.Ordinal);
        // Words from elsewhere, on a line of their own, are no commands.
        Assert.DoesNotContain(run.Error.Split('\n'), line => line.TrimStart().StartsWith("::add-mask", StringComparison.Ordinal) || line.TrimStart().StartsWith("##[", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_summary_is_added_to_the_page_and_is_text_whatever_the_words_are()
    {
        var page = Path.GetTempFileName();
        try
        {
            var outcomes = new LockOutcome[] { new(Path.GetFullPath("pyenv.yaml"), Path.GetFullPath("pylock.toml"), LockState.Written, 2, ["a 1 became 2", "<b>|\nx"]) };
            for (var i = 0; i < 2; i++)
                await RunAsync("", page, session => new(ExitCode.Done) { JobSummary = JobSummary.Of(outcomes, session.Workspace.WorkingDirectory) });
            const string Once = "### pylock.toml: locked 2 packages\n\n- a 1 became 2\n- \\<b\\>\\| x\n\n";
            Assert.Equal(Once + Once, await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(page);
        }
    }

    [Fact]
    public async Task A_page_that_is_full_or_cannot_be_written_changes_nothing_about_the_work()
    {
        var page = Path.GetTempFileName();
        try
        {
            await RunAsync("", page, _ => new(ExitCode.Done) { JobSummary = new string('x', 1 << 20) });
            Assert.Equal(0, new FileInfo(page).Length);
            var run = await RunAsync("", Path.GetTempPath(), _ => new(ExitCode.Done) { Summary = "done", JobSummary = "x" });
            Assert.Equal((0, "done\n"), (run.ExitCode, run.Output));
            Assert.Contains("summary cannot be written", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(page);
        }
    }

    [Fact]
    public void A_summary_of_many_pins_is_cut()
    {
        var pins = Enumerable.Range(0, 5000).Select(i => new OutdatedPin($"p{i}", "1", null, "2", [new string('y', 10_000)])).ToList();
        var markdown = JobSummary.Of(pins);
        Assert.True(markdown.Length < 200_000);
        Assert.EndsWith("and 4800 more\n\n", markdown, StringComparison.Ordinal);
    }

    private static async Task<Run> RunAsync(string options, string? page, Func<Session, Answer> work)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var streams = new Streams(output, error) { Workflow = new(Workspace), JobSummaryPath = page };
        var verb = new StandInVerb((session, _) => Task.FromResult(work(session)));
        var exitCode = await CommandLine.RunAsync([verb], ["stand-in", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)], streams);
        return new(exitCode, output.ToString(), error.ToString());
    }
}
