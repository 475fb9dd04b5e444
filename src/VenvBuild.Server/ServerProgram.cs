using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>The executable: serves, or looks after tokens (<c>token new|list|revoke</c>), or signs what it made (<c>sign</c>), or writes files that stand for it (<c>export-static</c>), or cares for what is kept (<c>gc</c>, <c>backup</c> ...).</summary>
internal static class ServerProgram
{
    public static Task<int> RunAsync(string[] args) => RunAsync(args, Console.Out, Console.Error, CancellationToken.None);

    /// <summary>The exit code of the process.</summary>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            if (args is ["token", ..])
                return await TokenCommand.RunAsync(args[1..], output, cancellationToken);
            if (args is ["export-static", ..])
                return await ExportCommand.RunAsync(args[1..], output, cancellationToken);
            if (args is ["sign", ..])
                return await SignCommand.RunAsync(args[1..], output, cancellationToken);
            if (CareCommand.Knows(args))
                return await CareCommand.RunAsync(args, output, cancellationToken);
            await using var app = await ServerHost.BuildAsync(args, cancellationToken);
            await app.RunAsync(cancellationToken);
            return (int)ExitCode.Done;
        }
        catch (DiagnosticException failure)
        {
            foreach (var diagnostic in failure.Diagnostics)
                await error.WriteLineAsync(diagnostic.ToString().Replace("dotnet-pyenv:", "venvbuild-server:", StringComparison.Ordinal));
            return (int)failure.ExitCode;
        }
        catch (IOException failure)
        {
            // Such as an address that is in use.
            await error.WriteLineAsync($"venvbuild-server: error: {failure.Message} Choose another address with --urls.");
            return (int)ExitCode.Usage;
        }
    }
}
