using Microsoft.Build.Utilities;

namespace VenvBuild.Tasks;

/// <summary>Solves the manifest's requests and writes the lock.</summary>
public sealed class PyEnvLock : PyEnvTool
{
    /// <inheritdoc/>
    protected override void AddVerb(CommandLineBuilder line) => line.AppendSwitch("lock");
}
