using System.Globalization;
using CliWrap;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Checks that run one after the other in an environment. Of one that fails, all that it said is kept in a file.</summary>
/// <param name="checks">The checks.</param>
/// <param name="logs">The folder of what failed checks said.</param>
/// <param name="remark">Told of each check.</param>
internal sealed class EnvironmentCheckRun(IReadOnlyList<EnvironmentCheck> checks, string logs, Action<Diagnostic>? remark)
{
    private const int MaxShown = 64 << 10;
    private const int MaxKept = 64 << 20;

    /// <summary>Runs them.</summary>
    /// <param name="environment">The environment's folder.</param>
    /// <param name="layout">Where things are in it.</param>
    /// <param name="isNew">Whether nobody sees it yet.</param>
    /// <param name="cancellationToken">Stops the check that runs.</param>
    /// <exception cref="DiagnosticException">One failed: the error names each that did, with the end of its output and the file of the whole.</exception>
    public async Task RunAsync(string environment, VenvLayout layout, bool isNew, CancellationToken cancellationToken)
    {
        var failures = new List<Diagnostic>();
        // Libraries are looked for before the environment is made.
        foreach (var check in checks.Where(check => check.Command != EnvironmentCheck.Libraries))
        {
            if (await RunAsync(check, environment, layout, isNew, cancellationToken).ConfigureAwait(false) is { } failure)
                failures.Add(failure);
        }

        if (failures.Count > 0)
            throw new DiagnosticException(ExitCode.BuildFailed, [.. failures]);
    }

    private async Task<Diagnostic?> RunAsync(EnvironmentCheck check, string environment, VenvLayout layout, bool isNew, CancellationToken cancellationToken)
    {
        if (check.Words() is not { Count: > 0 } words)
            return Failure(check, "it is empty, or a quote does not end", "", null, isNew);
        var scripts = Path.Combine(environment, layout.Scripts);
        Directory.CreateDirectory(logs);
        var log = Path.Combine(logs, string.Create(CultureInfo.InvariantCulture, $"check-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..8]}.log"));
        string? why;
        string shown;
        using (var output = new CheckOutput(log, MaxShown, MaxKept))
        {
            why = await StartAsync(check, words, environment, scripts, output, cancellationToken).ConfigureAwait(false);
            shown = output.End;
        }

        if (why is null)
        {
            File.Delete(log);
            remark?.Invoke(Diagnostic.Verbose(EnvironmentCodes.Remark, $"Check '{check.Command}' went well: {shown}".TrimEnd()));
            return null;
        }

        return Failure(check, why, shown, log, isNew);
    }

    /// <summary>Why it failed; null where it did not.</summary>
    private static async Task<string?> StartAsync(
        EnvironmentCheck check, List<string> words, string environment, string scripts, CheckOutput output, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(check.Timeout);
        try
        {
            var result = await Cli.Wrap(Resolve(words[0], scripts))
                .WithArguments(words.Skip(1))
                .WithWorkingDirectory(environment)
                .WithEnvironmentVariables(Variables(environment, scripts))
                .WithStandardOutputPipe(PipeTarget.ToDelegate(output.Add))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(output.Add))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token)
                .ConfigureAwait(false);
            return result.ExitCode == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"it ended with {result.ExitCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return FormattableString.Invariant($"it took longer than {check.Timeout.TotalSeconds:0} seconds and was stopped");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"it cannot be started: {e.Message}";
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

    private static Diagnostic Failure(EnvironmentCheck check, string why, string output, string? log, bool isNew) => Diagnostic.Error(
        EnvironmentCodes.CheckFailed, $"The check '{check.Command}' failed in the finished environment: {why}.",
        remedy: (isNew ? "Nothing was published." : "The environment is left as it is.")
            + (log is null ? "" : $" All that it said is in {log}.") + " Checks are in pyenv.yaml.",
        detail: output.Length == 0 ? null : output.TrimEnd());
}
