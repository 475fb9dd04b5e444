using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Reads <c>exclude-newer</c>: one date or span for all, or a mapping of <c>default</c> and of names to their own.</summary>
internal sealed class ExcludeNewerReader(ManifestValues values)
{
    private const string DefaultKey = "default";
    private const string Never = "never";

    private readonly Dictionary<PackageName, ExcludeNewer?> _byName = [];

    /// <summary>What counts for names that have none of their own, or null for no limit.</summary>
    public ExcludeNewer? Default { get; private set; }

    /// <summary>What counts for some names, or null where they have no limit.</summary>
    public IReadOnlyDictionary<PackageName, ExcludeNewer?> ByName => _byName;

    public void Read(YamlNode node)
    {
        if (node.Kind != YamlNodeKind.Mapping)
        {
            Default = Limit(node, "'exclude-newer'");
            return;
        }

        foreach (var (key, value) in values.Table(node, "'exclude-newer'", null)!.Entries)
        {
            if (string.Equals(key.Value, DefaultKey, StringComparison.Ordinal))
                Default = Limit(value, $"'{DefaultKey}'");
            else if (!PackageName.TryParse(key.Value, out var name))
                values.Problems.Add(ManifestCodes.BadName, key, $"'{key.Value}' is no name of a package.", "Names are letters, digits, '.', '-' and '_', beginning and ending with a letter or digit.");
            else if (_byName.ContainsKey(name))
                values.Twice(key, $"'{name}'");
            else if (value is { Kind: YamlNodeKind.Text, Value: Never })
                _byName.Add(name, null);
            else if (Limit(value, $"'{key.Value}'") is { } limit)
                _byName.Add(name, limit);
        }
    }

    private ExcludeNewer? Limit(YamlNode node, string what)
    {
        if (values.Text(node, what) is not { } text)
            return null;
        var limit = ExcludeNewer.Read(text);
        if (limit is null)
        {
            values.Problems.Add(
                ManifestCodes.BadDate,
                node,
                $"'{text}' is no date, no time with its offset, and no span.",
                "Write 2026-10-01, 2026-10-01T12:00:00Z, or a span such as \"7 days\" (hours, days, weeks).");
        }

        return limit;
    }
}
