using System.Text;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>What a server is asked to make.</summary>
internal static class ServerRequest
{
    /// <summary>Exactly what would be made here, so that its plan is ours, with the manifest's checks.</summary>
    public static async Task<EnvironmentRequest> OfAsync(
        ManifestLock manifestLock, Target target, Interpreter interpreter, IReadOnlyCollection<ExtraName>? groups, CancellationToken cancellationToken) => new()
        {
            Lock = Credentials.Strip(Encoding.UTF8.GetString(await File.ReadAllBytesAsync(manifestLock.Path, cancellationToken).ConfigureAwait(false))),
            Target = new() { Platform = target.Platform.ToString(), Python = interpreter.Version + (target.IsFreeThreaded ? "t" : "") },
            Options = new()
            {
                Groups = groups?.Select(group => group.Value).ToList(),
                Bytecode = manifestLock.Manifest.Environment.CompilesBytecode,
                // Which libraries are missing is a question about this machine.
                Checks = [.. manifestLock.Manifest.Checks.Where(check => check != EnvironmentCheck.Libraries)],
            },
        };
}
