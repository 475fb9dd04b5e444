using System.CommandLine;
using System.Globalization;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>cache info</c>.</summary>
internal sealed class CacheInfoCommand() : Verb("info", "Shows where the cache is and how large its parts are.")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } = [new("cache info", "What is kept, and where? VENVBUILD_CACHE moves it.")];

    /// <inheritdoc/>
    protected override Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var parts = CacheVerb.Info(cancellationToken);
        if (parts.Count == 0)
            session.Say("The cache is empty.");
        var lines = parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name,-16} {OutcomeText.Size(part.Bytes),12} {part.Entries,8} entries {part.Files,10} files {OutcomeText.Size(part.BytesInUse),12} in use  {part.Path}"));
        return Task.FromResult(Answer.Of(parts, CliJson.Default.IReadOnlyListCacheFolderUsage) with { Text = parts.Count == 0 ? null : string.Join('\n', lines) });
    }
}
