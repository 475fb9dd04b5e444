using System.Text;
using CliWrap;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A command that must succeed in a finished environment before anybody sees it.</summary>
/// <param name="Command">The command line: words, with double or single quotes where one holds spaces. No shell reads it.</param>
/// <param name="Timeout">How long it may take.</param>
public sealed record EnvironmentCheck(string Command, TimeSpan Timeout)
{
    /// <summary>How long a check may take when nobody says otherwise.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    private const int MaxOutput = 64 << 10;

    /// <summary>Checks with the usual time-out.</summary>
    public static IReadOnlyList<EnvironmentCheck> Of(IEnumerable<string> commands) => [.. commands.Select(command => new EnvironmentCheck(command, DefaultTimeout))];

    /// <summary>Runs checks one after the other in an environment that is not published yet.</summary>
    /// <exception cref="DiagnosticException">One failed: the error names each that did, with the end of its output.</exception>
    internal static async Task RunAsync(
        IReadOnlyList<EnvironmentCheck> checks, string environment, VenvLayout layout, Action<Diagnostic>? remark, CancellationToken cancellationToken)
    {
        var failures = new List<Diagnostic>();
        foreach (var check in checks)
        {
            if (await check.RunAsync(environment, layout, remark, cancellationToken).ConfigureAwait(false) is { } failure)
                failures.Add(failure);
        }

        if (failures.Count > 0)
            throw new DiagnosticException(ExitCode.BuildFailed, [.. failures]);
    }

    private async Task<Diagnostic?> RunAsync(string environment, VenvLayout layout, Action<Diagnostic>? remark, CancellationToken cancellationToken)
    {
        var words = Words();
        if (words is not { Count: > 0 })
            return Failure("it is empty, or a quote does not end", "");
        var scripts = Path.Combine(environment, layout.Scripts);
        var output = new StringBuilder();
        void Take(string line)
        {
            lock (output)
            {
                output.AppendLine(line);
                if (output.Length > 2 * MaxOutput)
                    output.Remove(0, output.Length - MaxOutput);
            }
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            var result = await Cli.Wrap(Resolve(words[0], scripts))
                .WithArguments(words.Skip(1))
                .WithWorkingDirectory(environment)
                .WithEnvironmentVariables(Variables(environment, scripts))
                .WithStandardOutputPipe(PipeTarget.ToDelegate(Take))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(Take))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token)
                .ConfigureAwait(false);
            remark?.Invoke(Diagnostic.Verbose(EnvironmentCodes.Remark, $"Check '{Command}' ended with {result.ExitCode}: {Tail(output)}".TrimEnd()));
            return result.ExitCode == 0 ? null : Failure($"it ended with {result.ExitCode}", Tail(output));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failure(FormattableString.Invariant($"it took longer than {Timeout.TotalSeconds:0} seconds and was stopped"), Tail(output));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return Failure($"it cannot be started: {e.Message}", "");
        }
    }

    /// <summary>The environment's own commands come first, and no bytecode is written into what is about to be published.</summary>
    private static Dictionary<string, string?> Variables(string environment, string scripts) => new()
    {
        ["VIRTUAL_ENV"] = environment,
        ["PATH"] = $"{scripts}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}",
        ["PYTHONHOME"] = null,
        ["PYTHONPATH"] = null,
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };

    private static string Resolve(string command, string scripts)
    {
        var own = Path.Combine(scripts, command);
        return File.Exists(own) ? own : File.Exists(own + ".exe") ? own + ".exe" : command;
    }

    private List<string>? Words()
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, isWord) = ('\0', false);
        foreach (var c in Command)
        {
            if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                (quote, isWord) = (quote == '\0' ? c : '\0', true);
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (isWord)
                    words.Add(word.ToString());
                word.Clear();
                isWord = false;
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        if (isWord)
            words.Add(word.ToString());
        return quote == '\0' ? words : null;
    }

    private static string Tail(StringBuilder output)
    {
        lock (output)
            return output.Length > MaxOutput ? output.ToString(output.Length - MaxOutput, MaxOutput) : output.ToString();
    }

    private Diagnostic Failure(string why, string output) => Diagnostic.Error(
        EnvironmentCodes.CheckFailed, $"The check '{Command}' failed in the finished environment: {why}.",
        remedy: "Nothing was published. See what it said; checks are in pyenv.yaml.", detail: output.Length == 0 ? null : output.TrimEnd());
}
