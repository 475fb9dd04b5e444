using System.CommandLine;
using VenvBuild.Packaging;

namespace VenvBuild.Cli.Tests;

/// <summary>A verb that does what a test says, and the run of it.</summary>
internal sealed class StandInVerb(Func<Session, CancellationToken, Task<Answer>> run) : Verb("stand-in", "Does what a test says.")
{
    public override IReadOnlyList<Example> Examples => [new("stand-in --json", "Shows what a program reads.")];

    protected override Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken) => run(session, cancellationToken);

    /// <summary>Runs a verb that does <paramref name="run"/> with the given arguments, and answers all that came of it.</summary>
    public static async Task<Run> RunAsync(Func<Session, Task<Answer>> run, params string[] arguments) =>
        await Run.OfAsync([new StandInVerb((session, _) => run(session))], ["stand-in", .. arguments]);

    /// <summary>Runs a verb that fails with <paramref name="failure"/>.</summary>
    public static Task<Run> FailAsync(Exception failure, params string[] arguments) => RunAsync(_ => Task.FromException<Answer>(failure), arguments);

    /// <summary>Runs a verb that reports <paramref name="diagnostics"/> and is done.</summary>
    public static Task<Run> ReportAsync(IEnumerable<Diagnostic> diagnostics, params string[] arguments) => RunAsync(
        session =>
        {
            foreach (var diagnostic in diagnostics)
                session.Report(diagnostic);
            return Task.FromResult(new Answer(ExitCode.Done));
        },
        arguments);
}
