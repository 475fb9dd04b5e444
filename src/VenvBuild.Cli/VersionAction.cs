using System.CommandLine;
using System.CommandLine.Invocation;

namespace VenvBuild.Cli;

/// <summary>Writes the version and nothing else, so that a script can compare it.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(ToolVersion.Current);
        return 0;
    }
}
