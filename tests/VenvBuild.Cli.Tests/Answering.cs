using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Cli.Tests;

public sealed class Answering
{
    private static readonly Diagnostic Warning = Diagnostic.Warning("PYENV1397", "Look.", new("pyenv.yaml", 2), "Mend it.", "line");
    private static readonly Diagnostic Remark = Diagnostic.Verbose("PYENV1396", "Passed over.");

    [Fact]
    public async Task Json_is_one_document_on_stdout_with_the_diagnostics_in_it()
    {
        var run = await StandInVerb.RunAsync(
            session =>
            {
                session.Report(Warning);
                session.Report(Remark);
                session.Say("for people");
                return Task.FromResult(new Answer(ExitCode.CheckFailed) { Text = "text", Result = json => json.WriteStringValue("ä<") });
            },
            "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("for people", run.Error, StringComparison.Ordinal);
        Assert.Contains("pyenv.yaml(2): warning PYENV1397: Look. Mend it.", run.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(run.Output);
        var root = document.RootElement;
        Assert.Equal(["verb", "version", "exitCode", "diagnostics", "result"], root.EnumerateObject().Select(member => member.Name));
        Assert.Equal("stand-in", root.GetProperty("verb").GetString());
        Assert.Equal(1, root.GetProperty("exitCode").GetInt32());
        Assert.Equal("ä<", root.GetProperty("result").GetString());
        var diagnostic = Assert.Single(root.GetProperty("diagnostics").EnumerateArray());
        Assert.Equal(
            """{"code":"PYENV1397","severity":"warning","message":"Look.","remedy":"Mend it.","detail":"line","file":"pyenv.yaml","line":2}""",
            JsonSerializer.Serialize(diagnostic));
    }

    [Theory]
    [InlineData(true, "Name", "──")]
    [InlineData(false, "line [of] content", "line [of] content\n")]
    public async Task A_table_is_for_terminals_and_lines_for_all_else(bool isTerminal, string beginning, string within)
    {
        var answer = new Answer(ExitCode.Done) { Text = "line [of] content", Table = new TerminalTable("Name", "Content").Add("line", "[of] content") };

        var run = await Run.OfAsync([new StandInVerb((_, _) => Task.FromResult(answer))], ["stand-in"], isTerminal);

        Assert.StartsWith(beginning, run.Output.TrimStart(), StringComparison.Ordinal);
        Assert.Contains(within, run.Output, StringComparison.Ordinal);
        Assert.Contains("[of] content", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_written_by_every_verb_that_cannot_do_its_work()
    {
        var verbs = CommandLine.Verbs().SelectMany(command => command is Verb verb ? [verb] : command.Subcommands.OfType<Verb>());
        foreach (var verb in verbs.Where(verb => verb.FullName != "cache prune"))
        {
            var words = verb.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0).Select(_ => "something")
                .Concat(verb.Options.Where(option => option.Required).SelectMany(option => new[] { option.Name, "something" }));

            var run = await Run.OfToolAsync([.. verb.FullName.Split(' '), "--json", "--offline", "--manifest", Path.Combine("no", "such", "folder", "pyenv.yaml"), .. words]);

            using var document = JsonDocument.Parse(run.Output);
            Assert.Equal(verb.FullName, document.RootElement.GetProperty("verb").GetString());
            Assert.Equal(run.ExitCode, document.RootElement.GetProperty("exitCode").GetInt32());
            if (run.ExitCode > 1)
                Assert.NotEmpty(document.RootElement.GetProperty("diagnostics").EnumerateArray());
        }
    }

    [Fact]
    public async Task Json_is_written_for_a_failure_and_for_wrong_usage_too()
    {
        var failed = await StandInVerb.FailAsync(new DiagnosticException(ExitCode.Integrity, Diagnostic.Error("PYENV1499", "No.")), "--json");
        using var failure = JsonDocument.Parse(failed.Output);
        Assert.Equal(4, failure.RootElement.GetProperty("exitCode").GetInt32());
        Assert.Equal("PYENV1499", failure.RootElement.GetProperty("diagnostics")[0].GetProperty("code").GetString());

        var misused = await StandInVerb.RunAsync(_ => throw new InvalidOperationException("ran"), "--json", "--nonsense");
        using var misuse = JsonDocument.Parse(misused.Output);
        Assert.Equal(2, misuse.RootElement.GetProperty("exitCode").GetInt32());
    }

    [Theory]
    [InlineData("", true, true, false)]
    [InlineData("-q", true, false, false)]
    [InlineData("-v", true, true, true)]
    public async Task Verbosity_decides_what_is_said_and_never_the_answer(string option, bool warning, bool summary, bool remark)
    {
        var run = await StandInVerb.RunAsync(
            session =>
            {
                session.Report(Warning);
                session.Report(Remark);
                return Task.FromResult(new Answer(ExitCode.Done) { Summary = "12 wheels" });
            },
            option.Length == 0 ? [] : [option]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(warning, run.Error.Contains("PYENV1397", StringComparison.Ordinal));
        Assert.Equal(remark, run.Error.Contains("PYENV1396", StringComparison.Ordinal));
        Assert.Equal(summary ? "12 wheels\n" : "", run.Output);
    }

    [Fact]
    public async Task The_exit_code_of_a_child_is_passed_on()
    {
        var run = await StandInVerb.RunAsync(_ => Task.FromResult(new Answer(ExitCode.Done) { ChildExitCode = 42 }));

        Assert.Equal(42, run.ExitCode);
    }

    [Fact]
    public async Task A_terminal_gets_the_remedy_on_a_line_of_its_own()
    {
        var verb = new StandInVerb((session, _) =>
        {
            session.Report(Warning);
            return Task.FromResult(new Answer(ExitCode.Done));
        });

        var plain = await Run.OfAsync([verb], ["stand-in"], isTerminal: true);
        Assert.Equal("pyenv.yaml(2):\nwarning PYENV1397: Look.\n    line\n  -> Mend it.\n", plain.Error);

        var colored = await Run.OfAsync([verb], ["stand-in"], isTerminal: true, hasColor: true);
        Assert.Contains("\u001b[1;33mwarning PYENV1397:\u001b[0m Look.", colored.Error, StringComparison.Ordinal);

        var canonical = await Run.OfAsync([verb], ["stand-in", "--diagnostics", "msbuild"], isTerminal: true, hasColor: true);
        Assert.Equal("pyenv.yaml(2): warning PYENV1397: Look. Mend it.\n    line\n", canonical.Error);
    }

    [Fact]
    public async Task Progress_is_shown_on_a_terminal_only_and_leaves_nothing_behind()
    {
        static Task<Answer> Work(Session session, CancellationToken cancellationToken)
        {
            session.Progress.Show("resolving");
            session.Say("resolved");
            return Task.FromResult(new Answer(ExitCode.Done));
        }

        var terminal = await Run.OfAsync([new StandInVerb(Work)], ["stand-in"], isTerminal: true, hasColor: true);
        Assert.Equal("\r\u001b[Kresolving\r\u001b[Kresolved\n", terminal.Error);

        var file = await Run.OfAsync([new StandInVerb(Work)], ["stand-in"]);
        Assert.Equal("resolved\n", file.Error);
    }
}
