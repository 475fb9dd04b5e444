using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary>The options of <c>sync</c>, which <c>run</c> takes too.</summary>
internal sealed class SyncArguments
{
    private readonly Option<bool> _locked = new("--locked") { Description = "Refuse a lock that is stale or missing instead of making it anew." };

    private readonly Option<bool> _frozen = new("--frozen") { Description = "Install the lock as it is, whatever the manifest asks; any PEP 751 lock will do, also one without a manifest." };

    private readonly Option<string[]> _groups = new("--group")
    {
        Description = "Also install this dependency group. May be repeated.",
        HelpName = "GROUP",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _python = new("--python") { Description = "The interpreter: a path, or a version such as 3.12.", HelpName = "PYTHON" };

    private readonly Option<string?> _path = new("--path") { Description = "The folder of the environment, instead of the manifest's.", HelpName = "DIR" };

    /// <summary>Gives the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Options.Add(_locked);
        verb.Options.Add(_frozen);
        verb.Options.Add(_groups);
        verb.Options.Add(_python);
        verb.Options.Add(_path);
    }

    /// <summary>Gives the options to a verb that makes an environment without a folder.</summary>
    public void AddToPublishing(Command verb)
    {
        verb.Options.Add(_frozen);
        verb.Options.Add(_groups);
        verb.Options.Add(_python);
    }

    /// <summary>What the arguments say.</summary>
    public SyncOptions Read(ParseResult arguments) => new()
    {
        Locked = arguments.GetValue(_locked),
        Frozen = arguments.GetValue(_frozen),
        Groups = arguments.GetValue(_groups) ?? [],
        Python = arguments.GetValue(_python),
        Path = arguments.GetValue(_path),
    };
}
