using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace VenvBuild.Cli;

/// <summary>What <c>--help</c> shows: the usual sections, then examples.</summary>
internal sealed class HelpPage(HelpAction sections) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        sections.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not Verb { Examples: { Count: > 0 } examples })
            return 0;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples)
        {
            output.WriteLine($"  dotnet pyenv {example.Arguments}");
            output.WriteLine($"      {example.Purpose}");
        }

        output.WriteLine();
        return 0;
    }
}
