using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary>The options of verbs that start from a lock: how it is taken, and which groups of it.</summary>
internal sealed class LockArguments
{
    private readonly Option<bool> _locked = new("--locked") { Description = "Refuse a lock that is stale or missing instead of making it anew." };

    private readonly Option<bool> _frozen = new("--frozen") { Description = "Take the lock as it is, whatever the manifest asks." };

    private readonly Option<string[]> _groups = new("--group")
    {
        Description = "Also take this dependency group. May be repeated.",
        HelpName = "GROUP",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Gives the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Options.Add(_locked);
        verb.Options.Add(_frozen);
        verb.Options.Add(_groups);
    }

    /// <summary>What the arguments say.</summary>
    public SyncOptions Read(ParseResult arguments) => new()
    {
        Locked = arguments.GetValue(_locked),
        Frozen = arguments.GetValue(_frozen),
        Groups = arguments.GetValue(_groups) ?? [],
    };
}
