using System.ComponentModel;
using System.Diagnostics;
using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>run</c>: starts a command in the environment, which is brought up to date first.</summary>
public static class RunVerb
{
    /// <summary>Runs the command with this process's own input and, unless that is kept free, output, and gives its exit code.</summary>
    /// <exception cref="DiagnosticException">The environment cannot be made, or the command cannot be started.</exception>
    public static async Task<int> RunAsync(WorkspaceContext context, RunOptions options, CancellationToken cancellationToken)
    {
        if (options.Command.Count == 0)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.CannotStart, "No command is given.", remedy: "Write it after '--': dotnet pyenv run -- python -V."));
        }

        var path = options.WithoutSync
            ? await EnvironmentPathAsync(context, options, cancellationToken).ConfigureAwait(false)
            : (await SyncVerb.RunAsync(context, options.Sync, cancellationToken).ConfigureAwait(false)).EnvironmentPath;
        var scripts = Path.Combine(path, OperatingSystem.IsWindows() ? "Scripts" : "bin");
        using var process = Start(context, options, path, scripts);
        try
        {
            if (options.KeepsOutputFree)
            {
                var error = Console.OpenStandardError();
                await using (error.ConfigureAwait(false))
                    await process.StandardOutput.BaseStream.CopyToAsync(error, cancellationToken).ConfigureAwait(false);
            }

            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A terminal sends its Ctrl-C to the command as well; whatever else stops this process must stop the command.
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }

    private static async Task<string> EnvironmentPathAsync(WorkspaceContext context, RunOptions options, CancellationToken cancellationToken)
    {
        var manifest = (await SyncVerb.OpenAsync(context, options.Sync, cancellationToken).ConfigureAwait(false)).Manifest;
        var path = SyncVerb.EnvironmentPath(context, manifest, options.Sync);
        await new EnvironmentInstaller(CacheFolder.Default().Root).RecoverAsync(path, cancellationToken).ConfigureAwait(false);
        return path;
    }

    private static Process Start(WorkspaceContext context, RunOptions options, string path, string scripts)
    {
        var command = options.Command;
        var start = new ProcessStartInfo(Resolve(command[0], scripts))
        {
            UseShellExecute = false,
            WorkingDirectory = context.WorkingDirectory,
            RedirectStandardOutput = options.KeepsOutputFree,
        };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        start.Environment["VIRTUAL_ENV"] = path;
        start.Environment["PATH"] = $"{scripts}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("PYTHONHOME");
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new DiagnosticException(
                ExitCode.Usage,
                Diagnostic.Error(WorkspaceCodes.CannotStart, $"'{command[0]}' cannot be started: {fault.Message}.", remedy: "Name a command of the environment or one on PATH."),
                fault);
        }
    }

    private static string Resolve(string command, string scripts)
    {
        if (command.AsSpan().ContainsAny('/', '\\'))
            return command;
        var own = Path.Combine(scripts, command);
        return File.Exists(own) ? own : OperatingSystem.IsWindows() && File.Exists(own + ".exe") ? own + ".exe" : command;
    }
}
