using System.Globalization;

namespace VenvBuild.Workspace;

/// <summary>Reads the values of a manifest with the types that their keys take; a mistake is noted and read as absent.</summary>
internal sealed class ManifestValues(ManifestProblems problems)
{
    private const int MaxItems = 10_000;

    public ManifestProblems Problems => problems;

    /// <summary>A text that is not empty. A number or truth value is refused: unquoted, <c>3.10</c> would be <c>3.1</c>.</summary>
    public string? Text(YamlNode node, string what)
    {
        if (node.Kind != YamlNodeKind.Text)
        {
            problems.Add(
                ManifestCodes.WrongType,
                node,
                $"{what} is {node.Describe()}; a text is expected.",
                node.Kind switch
                {
                    YamlNodeKind.Number or YamlNodeKind.Boolean => $"Put it in quotes: \"{node.Value}\".",
                    YamlNodeKind.Null => "Write a value, or leave the key out.",
                    _ => "Write one text.",
                });
            return null;
        }

        if (!string.IsNullOrWhiteSpace(node.Value))
            return node.Value;
        problems.Add(ManifestCodes.EmptyText, node, $"{what} is an empty text.", "Write a value, or leave it out.");
        return null;
    }

    /// <summary>The items of a list; none where it is no list.</summary>
    public IReadOnlyList<YamlNode> Items(YamlNode node, string what)
    {
        if (node.Kind != YamlNodeKind.Sequence)
        {
            problems.Add(
                ManifestCodes.WrongType,
                node,
                $"{what} is {node.Describe()}; a list is expected.",
                node.Kind switch
                {
                    YamlNodeKind.Null => "Write [] for an empty list, or leave the key out.",
                    YamlNodeKind.Mapping => "Begin each item with '- '.",
                    _ => $"Write it as a list of one: [{Credentials.Mask(node.Value)}].",
                });
            return [];
        }

        if (node.Items.Count <= MaxItems)
            return node.Items;
        problems.Add(
            ManifestCodes.TooLarge,
            node,
            $"{what} has {node.Items.Count.ToString(CultureInfo.InvariantCulture)} items; more than {MaxItems.ToString(CultureInfo.InvariantCulture)} are refused.");
        return [];
    }

    /// <summary>The texts of a list, with their places.</summary>
    public IEnumerable<(string Text, YamlNode Node)> Texts(YamlNode node, string what, string itemWhat)
    {
        foreach (var item in Items(node, what))
        {
            if (Text(item, itemWhat) is { } text)
                yield return (text, item);
        }
    }

    public ManifestTable? Table(YamlNode node, string what, IReadOnlyCollection<string>? keys)
    {
        if (node.Kind == YamlNodeKind.Mapping)
            return new(node, what, keys, problems);
        problems.Add(
            ManifestCodes.WrongType,
            node,
            $"{char.ToUpperInvariant(what[0])}{what[1..]} is {node.Describe()}; a mapping of keys to values is expected.",
            keys is null ? "Write 'name: value' pairs." : $"The keys are {string.Join(", ", keys)}.");
        return null;
    }

    public bool? Flag(YamlNode node, string what)
    {
        if (node.Kind == YamlNodeKind.Boolean)
            return node.Value[0] is 't' or 'T';
        problems.Add(ManifestCodes.WrongType, node, $"{what} is {node.Describe()}; true or false is expected.", "Write true or false, without quotes.");
        return null;
    }

    /// <summary>A whole number that is not negative.</summary>
    public int? Count(YamlNode node, string what)
    {
        if (node.Kind == YamlNodeKind.Number && int.TryParse(node.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return count;
        problems.Add(ManifestCodes.WrongType, node, $"{what} is {node.Describe()}; a whole number is expected.", "Write it without quotes.");
        return null;
    }

    /// <summary>One of some words, as its position among them.</summary>
    public int? Word(YamlNode node, string what, params string[] words)
    {
        if (Text(node, what) is not { } text)
            return null;
        if (Array.IndexOf(words, text) is var index and >= 0)
            return index;
        problems.Add(
            ManifestCodes.UnknownWord,
            node,
            $"{what} is '{text}'; it is one of {string.Join(", ", words)}.",
            NearName.Find(text, words) is { } near ? $"Did you mean '{near}'?" : null);
        return null;
    }

    /// <summary>Notes a value that stands twice in a list.</summary>
    public void Twice(YamlNode node, string what) => problems.Add(ManifestCodes.DuplicateValue, node, $"{what} stands twice in this list.", "Keep one of them.");
}
