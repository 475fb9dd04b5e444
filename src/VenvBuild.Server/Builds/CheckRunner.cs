using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>
/// Runs a build's checks in an environment made for that alone, before anything of it is published. What runs is the wheels' and the
/// caller's own code, so it runs in <see cref="CheckSandbox"/> or not at all.
/// </summary>
internal sealed class CheckRunner(ServerSettings settings, WorkFolder work, WorkerPythons pythons)
{
    private const int MaxLines = 500;

    /// <summary>Runs them, each whatever became of the others.</summary>
    /// <param name="question">The environment and its checks.</param>
    /// <param name="source">The wheels, which the worker's store has by now.</param>
    /// <param name="log">The build's log.</param>
    /// <param name="cancellationToken">Stops the check that runs.</param>
    /// <exception cref="DiagnosticException">They cannot be run on this worker.</exception>
    public async Task<IReadOnlyList<EnvironmentStatusCheck>> RunAsync(BuildQuestion question, IWheelSource source, Action<string> log, CancellationToken cancellationToken)
    {
        if (!settings.RunsChecks)
            throw Refuse(CheckPolicy.Off, "Ask without checks, or ask a server that runs them.");
        if (!await CheckSandbox.WorksAsync(cancellationToken))
            throw Refuse("The checks cannot run: bubblewrap (bwrap), which keeps them from this machine, is missing or not allowed here.", "Install bubblewrap and allow user namespaces on every worker.");
        var target = question.Plan.Target;
        var interpreter = await pythons.FindAsync(target, cancellationToken)
            ?? throw Refuse($"The checks cannot run: this worker has no Python for {target}.", "Install it on the worker, or ask without checks.");
        var folder = Directory.CreateDirectory(Path.Combine(work.Path, $"check-{Guid.NewGuid():N}"));
        try
        {
            var environment = Path.Combine(folder.FullName, "environment");
            // A copy: what checks could reach must not be the store's own files.
            await new EnvironmentInstaller(work.Path).SyncAsync(
                question.Plan.WithoutBytecode(), interpreter, environment, source, new() { Link = LinkMode.Copy }, null, cancellationToken);
            var sandbox = new CheckSandbox(environment, interpreter);
            var found = new List<EnvironmentStatusCheck>();
            foreach (var command in question.Checks)
            {
                log($"$ {command}");
                var lines = 0;
                var result = await sandbox.RunAsync(new(command, settings.CheckTime), Say, cancellationToken);
                log(result.Failure is null ? "The check went well." : $"The check failed: {result.Failure}.");
                found.Add(new(command, result.Failure is null, result.Failure, result.Output, Math.Round(result.Duration.TotalSeconds, 2)));

                void Say(string line)
                {
                    if (Interlocked.Increment(ref lines) <= MaxLines)
                        log(line);
                }
            }

            return found;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static DiagnosticException Refuse(string message, string remedy) =>
        new(ExitCode.BuildFailed, Diagnostic.Error(ServerCodes.Checks, message, remedy: remedy));
}
