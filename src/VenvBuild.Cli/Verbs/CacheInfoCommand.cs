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
        var answer = Answer.Of(parts, static json => json.IReadOnlyListCacheFolderUsage);
        if (parts.Count == 0)
            return Task.FromResult(answer);
        var table = new TerminalTable("Part", "Size", "In use", "Entries", "Files", "Folder") { Numbers = [1, 2, 3, 4] };
        foreach (var part in parts)
            table.Add(part.Name, OutcomeText.Size(part.Bytes), OutcomeText.Size(part.BytesInUse), Number(part.Entries), Number(part.Files), part.Path);
        var lines = parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name,-16} {OutcomeText.Size(part.Bytes),12} {part.Entries,8} entries {part.Files,10} files {OutcomeText.Size(part.BytesInUse),12} in use  {part.Path}"));
        return Task.FromResult(answer with { Text = string.Join('\n', lines), Table = table });
    }

    private static string Number(long count) => count.ToString(CultureInfo.InvariantCulture);
}
