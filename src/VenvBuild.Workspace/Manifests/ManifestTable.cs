using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Workspace;

/// <summary>The keys of one mapping of a manifest; unknown keys, keys that stand twice and keys that are no texts are noted at once.</summary>
internal sealed class ManifestTable
{
    private readonly Dictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);
    private readonly ManifestProblems _problems;

    /// <param name="node">The mapping.</param>
    /// <param name="what">What the mapping is, for messages: <c>the manifest</c>, <c>an index</c>.</param>
    /// <param name="keys">The keys that there are; null where any will do.</param>
    /// <param name="problems">Where mistakes go.</param>
    public ManifestTable(YamlNode node, string what, IReadOnlyCollection<string>? keys, ManifestProblems problems)
    {
        Node = node;
        _problems = problems;
        foreach (var entry in node.Entries)
        {
            if (!entry.Key.IsScalar || entry.Key.Kind == YamlNodeKind.Null)
                problems.Add(ManifestCodes.WrongType, entry.Key, $"A key is a text; this one is {entry.Key.Describe()}.");
            else if (keys is not null && !keys.Contains(entry.Key.Value))
            {
                problems.Add(
                    ManifestCodes.UnknownKey,
                    entry.Key,
                    $"'{entry.Key.Value}' is no key of {what}.",
                    NearName.Remedy(entry.Key.Value, keys, $"The keys are {string.Join(", ", keys)}."));
            }
            else if (!_entries.TryAdd(entry.Key.Value, entry))
            {
                problems.Add(
                    ManifestCodes.DuplicateKey,
                    entry.Key,
                    $"'{entry.Key.Value}' stands twice, first in line {_entries[entry.Key.Value].Key.Line}.",
                    "Keep one of them.");
            }
        }
    }

    public YamlNode Node { get; }

    public IEnumerable<YamlEntry> Entries => _entries.Values;

    public bool TryGet(string key, [NotNullWhen(true)] out YamlNode? value)
    {
        value = _entries.TryGetValue(key, out var entry) ? entry.Value : null;
        return value is not null;
    }

    /// <summary>The place of a key that is there.</summary>
    public YamlNode KeyOf(string key) => _entries[key].Key;

    public YamlNode? Require(string key, string what)
    {
        if (TryGet(key, out var value))
            return value;
        _problems.Add(ManifestCodes.MissingKey, Node, $"{what} needs '{key}'.");
        return null;
    }
}
