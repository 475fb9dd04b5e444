namespace VenvBuild.Packaging;

/// <summary>Reads this project's own table of a lock, <c>[tool.venvbuild]</c>.</summary>
internal static class LockProvenanceReader
{
    public const string Table = "venvbuild";
    public const string DigestKey = "request-digest";
    public const string RequestsKey = "requests";
    private const int MaxRequests = 100_000;

    public static LockProvenance? Read(TomlNode tool, LockContext context)
    {
        if (tool.Find(Table)?.Value is not { Kind: LockValueKind.Table } table)
            return null;
        var fields = new LockFields(table, $"tool.{Table}", context);
        var digest = fields.Text(DigestKey, isRequired: true);
        if (digest is not null && !IsDigest(digest.Text))
        {
            context.Error(
                LockCodes.BadProvenance,
                digest,
                $"'{fields.PathOf(DigestKey)}' is no digest: 'sha256:' and 64 hex digits.",
                "The lock was edited by hand; run 'dotnet pyenv lock' to write it again.");
        }

        var requests = fields.Items(RequestsKey, LockValueKind.String) ?? [];
        if (requests.Count > MaxRequests)
            context.Error(LockCodes.TooLarge, table, $"'{fields.PathOf(RequestsKey)}' has more than {MaxRequests} lines.");
        var notes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in table.Members)
        {
            if (member.Key is DigestKey or RequestsKey)
                continue;
            if (member.Value.Kind == LockValueKind.String)
                notes[member.Key] = member.Value.Text;
            else
                context.Warn(LockCodes.UnknownKey, context.At(member.Value), $"'{fields.PathOf(member.Key)}' is no text and is ignored.");
        }

        return new(digest?.Text ?? "") { Requests = [.. requests.Select(request => request.Text)], Notes = notes };
    }

    private static bool IsDigest(ReadOnlySpan<char> text) =>
        text.StartsWith("sha256:", StringComparison.Ordinal) && text.Length == "sha256:".Length + 64 && !text["sha256:".Length..].ContainsAnyExcept(LockValueReader.Hex);
}
