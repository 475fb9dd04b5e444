using System.Diagnostics;
using System.Globalization;
using System.Text;
using CliWrap;

namespace VenvBuild.Environments;

/// <summary>
/// Runs checks that strangers wrote, in environments that strangers asked for: by bubblewrap, with nothing in sight but the system's own
/// programs, the interpreter, the environment (all read-only) and an empty folder; without network, variables, capabilities or other
/// processes. A limit to what a check can reach, not a proof against one that attacks the kernel.
/// </summary>
public sealed class CheckSandbox
{
    private const int MaxShown = 32 << 10;
    private const int MaxLine = 2_000;
    private const int MaxTasks = 1024;
    private const string Limits = "/usr/bin/prlimit";
    private const string Home = "/home/check";

    private readonly string _environment;
    private readonly IReadOnlyList<string> _kept;

    /// <summary>Makes one for an environment.</summary>
    /// <param name="environment">The environment's folder, absolute.</param>
    /// <param name="interpreter">Its interpreter.</param>
    public CheckSandbox(string environment, Interpreter interpreter)
    {
        _environment = environment;
        string[] kept = [interpreter.BasePrefix, Path.GetDirectoryName(interpreter.Executable)!, environment];
        _kept = [.. kept.Where(path => path != "/usr" && !path.StartsWith("/usr/", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Whether there is such a sandbox on this machine.</summary>
    public static async Task<bool> WorksAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            var result = await Command([.. Walls([]), "--", "true"]).WithEnvironmentVariables(Bare())
                .WithValidation(CommandResultValidation.None).ExecuteAsync(cancellationToken).ConfigureAwait(false);
            return result.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Runs a check; that it fails is an answer.</summary>
    /// <param name="check">The check.</param>
    /// <param name="live">Told of each line that it says.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<CheckResult> RunAsync(EnvironmentCheck check, Action<string>? live, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var output = new StringBuilder();
        var failure = check.Words() is { Count: > 0 } words
            ? await StartAsync(words, check.Timeout, Take, cancellationToken).ConfigureAwait(false)
            : "it is empty, or a quote does not end";
        return new() { Command = check.Command, Failure = failure, Output = Shown(), Duration = watch.Elapsed };

        void Take(string line)
        {
            line = line.Length > MaxLine ? line[..MaxLine] : line;
            lock (output)
            {
                output.Append(line).Append('\n');
                if (output.Length > 2 * MaxShown)
                    output.Remove(0, output.Length - MaxShown);
            }

            live?.Invoke(line);
        }

        string Shown()
        {
            lock (output)
                return (output.Length > MaxShown ? output.ToString(output.Length - MaxShown, MaxShown) : output.ToString()).TrimEnd('\n');
        }
    }

    private async Task<string?> StartAsync(List<string> words, TimeSpan timeout, Action<string> take, CancellationToken cancellationToken)
    {
        var scripts = Path.Combine(_environment, "bin");
        var own = Path.Combine(scripts, words[0]);
        if (!words[0].Contains('/', StringComparison.Ordinal) && File.Exists(own))
            words[0] = own;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            string[] variables =
            [
                "--setenv", "PATH", $"{scripts}:/usr/bin:/bin", "--setenv", "VIRTUAL_ENV", _environment, "--setenv", "HOME", Home, "--setenv", "TMPDIR", "/tmp",
                "--setenv", "LANG", "C.UTF-8", "--setenv", "PYTHONDONTWRITEBYTECODE", "1", "--chdir", Home,
            ];
            var result = await Command([.. Walls(_kept), .. variables, "--", .. Bounds(), .. words])
                .WithEnvironmentVariables(Bare())
                .WithStandardOutputPipe(OutputLines.To(take))
                .WithStandardErrorPipe(OutputLines.To(take))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token)
                .ConfigureAwait(false);
            return result.ExitCode == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"it ended with {result.ExitCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return FormattableString.Invariant($"it took longer than {timeout.TotalSeconds:0} seconds and was stopped");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"it cannot be started: {e.Message}";
        }
    }

    private static Command Command(IReadOnlyList<string> arguments)
    {
        var command = ProcessBound.Wrap(["bwrap", .. arguments], MaxTasks);
        return Cli.Wrap(command[0]).WithArguments(command.Skip(1));
    }

    /// <summary>The empty root and what is put into it.</summary>
    private static List<string> Walls(IReadOnlyList<string> kept) => [.. BareRoot.Bubblewrap(Home), .. kept.SelectMany(path => new[] { "--ro-bind", path, path })];

    /// <summary>Bounds on what one check may use, where the system has the command for that.</summary>
    private static string[] Bounds() => File.Exists(Limits) ? [Limits, $"--nproc={MaxTasks}", "--as=8589934592", "--fsize=268435456", "--core=0", "--"] : [];

    /// <summary>No variable of the server's own: it may hold secrets.</summary>
    private static Dictionary<string, string?> Bare()
    {
        var bare = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (name != "PATH")
                bare[name] = null;
        }

        return bare;
    }
}
