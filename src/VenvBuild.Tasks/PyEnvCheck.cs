using Microsoft.Build.Utilities;

namespace VenvBuild.Tasks;

/// <summary>Says whether the lock answers the manifest and the environment is what the lock describes.</summary>
public sealed class PyEnvCheck : PyEnvTool
{
    /// <inheritdoc/>
    protected override void AddVerb(CommandLineBuilder line) => line.AppendSwitch("check");
}
