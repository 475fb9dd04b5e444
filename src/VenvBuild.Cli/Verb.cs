using System.CommandLine;
using VenvBuild.Packaging;

namespace VenvBuild.Cli;

/// <summary>Something that the tool can do: its options, its examples, and the doing.</summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>What the end of its <c>--help</c> shows.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    /// <summary>The words that name it on the command line, such as <c>python list</c>.</summary>
    public string FullName => Parents.FirstOrDefault() is Command parent and not RootCommand ? $"{parent.Name} {Name}" : Name;

    /// <summary>Does it. What goes wrong comes as a <see cref="DiagnosticException"/>.</summary>
    protected abstract Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken);

    /// <summary>Does it, tells the caller how it went in the form that was asked for, and answers the exit code.</summary>
    public async Task<int> InvokeAsync(ParseResult arguments, Streams streams, CancellationToken cancellationToken)
    {
        var session = new Session(this, GlobalOptions.Read(arguments), streams);
        try
        {
            return session.Finish(await RunAsync(arguments, session, cancellationToken).ConfigureAwait(false));
        }
        catch (DiagnosticException failure)
        {
            foreach (var diagnostic in failure.Diagnostics)
                session.Report(diagnostic);
            return session.Finish(new Answer(failure.ExitCode));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            session.Say("Cancelled. What was there before is as it was.");
            return session.Finish(new Answer(ExitCode.Cancelled));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            session.Report(Failures.OfMachine(failure, session.Settings.Verbosity));
            return session.Finish(new Answer(ExitCode.Integrity));
        }
#pragma warning disable CA1031 // The last resort: a person gets a sentence to act on, whatever was thrown.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            session.Report(Failures.Unexpected(failure, session.Settings.Verbosity));
            return session.Finish(new Answer(ExitCode.Integrity));
        }
    }
}
