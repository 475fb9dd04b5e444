using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>key show</c>.</summary>
internal sealed class KeyShowCommand : Verb
{
    private readonly Argument<string?> _key = new("KEY")
    {
        Description = "The name of a key of this user, or a file of public keys. Default: all of this user's keys.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public KeyShowCommand()
        : base("show", "Shows public keys and their ids, by which signatures name them.") => Arguments.Add(_key);

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("key show", "Which keys can I sign with?"),
        new("key show keys/team.pub", "Which keys does the team's file hold?"),
    ];

    /// <inheritdoc/>
    protected override Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var keys = KeyVerb.Show(session.Workspace, arguments.GetValue(_key));
        if (keys.Count == 0)
            session.Say("There is no key. 'dotnet pyenv key new NAME' makes one.");
        var texts = keys.Select(key => $"{key.Name} {key.Id}\n{key.PublicKey.TrimEnd()}");
        return Task.FromResult(Answer.Of(keys, static json => json.IReadOnlyListKeyOutcome) with { Text = keys.Count == 0 ? null : string.Join('\n', texts) });
    }
}
