using System.Buffers;

namespace VenvBuild.Workspace;

/// <summary>Reads where packages come from: indexes, folders and pages of files.</summary>
internal sealed class IndexReader(ManifestValues values, string folder)
{
    private static readonly string[] Keys = ["name", "url", "packages"];
    private static readonly SearchValues<char> PatternCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*");

    private readonly ManifestProblems _problems = values.Problems;

    public List<ManifestIndex> Indexes(YamlNode node)
    {
        var indexes = new List<ManifestIndex>();
        foreach (var item in values.Items(node, "'indexes'"))
        {
            if ((item.Kind == YamlNodeKind.Mapping ? Index(item) : WellKnown(item)) is not { } index)
                continue;
            if (indexes.Exists(other => string.Equals(other.Name, index.Name, StringComparison.OrdinalIgnoreCase)))
                values.Twice(item, $"The index '{index.Name}'");
            else
                indexes.Add(index);
        }

        return indexes;
    }

    public List<ManifestFindLinks> FindLinks(YamlNode node)
    {
        var links = new List<ManifestFindLinks>();
        foreach (var (text, item) in values.Texts(node, "'find-links'", "A folder or page"))
        {
            Uri? url;
            if (text.Contains("://", StringComparison.Ordinal))
                url = Url(item, text, "A page", "http", "https", "file");
            else
                url = Folder(item, text);
            if (url is not null)
                links.Add(new() { Url = url, Text = Credentials.Strip(text), Location = _problems.At(item) });
        }

        return links;
    }

    private Uri? Folder(YamlNode node, string text)
    {
        if (!text.Contains('\0', StringComparison.Ordinal)
            && Path.GetFullPath(Path.Combine(folder, text)) is var path
            && Uri.TryCreate(Path.EndsInDirectorySeparator(path) ? path : path + Path.DirectorySeparatorChar, UriKind.Absolute, out var url))
        {
            return url;
        }

        _problems.Add(ManifestCodes.BadUrl, node, "A folder of files is named by what is no path.", "Write its path from the manifest's folder, such as ./wheels.");
        return null;
    }

    /// <summary>An absolute address with one of some schemes.</summary>
    public Uri? Url(YamlNode node, string text, string what, params string[] schemes)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && text.Contains("://", StringComparison.Ordinal)
            && schemes.Contains(url.Scheme) && (url.IsFile || url.Host.Length > 0))
        {
            return url;
        }

        _problems.Add(
            ManifestCodes.BadUrl,
            node,
            $"{what} is '{text}', which is no URL that can be used here.",
            $"It begins with {string.Join(" or ", schemes.Select(scheme => scheme + "://"))}.");
        return null;
    }

    private ManifestIndex? WellKnown(YamlNode node)
    {
        if (values.Text(node, "An index") is not { } text)
            return null;
        if (string.Equals(text, ManifestIndex.PyPIName, StringComparison.Ordinal))
            return new() { Name = text, Url = ManifestIndex.PyPI.Url, Location = _problems.At(node) };
        _problems.Add(
            ManifestCodes.UnknownIndex,
            node,
            $"'{text}' is no well-known index.",
            text.Contains("://", StringComparison.Ordinal)
                ? "Give an index of your own a name: {name: NAME, url: \"...\"}."
                : "'pypi' is the only one; others are written {name: NAME, url: \"https://...\"}.");
        return null;
    }

    private ManifestIndex? Index(YamlNode node)
    {
        if (values.Table(node, "an index", Keys) is not { } table)
            return null;
        var name = table.Require("name", "An index") is { } nameNode ? Name(nameNode) : null;
        var url = table.Require("url", "An index") is { } urlNode && values.Text(urlNode, "'url'") is { } text
            ? Url(urlNode, text, "'url'", "https", "http", "file")
            : null;
        var packages = table.TryGet("packages", out var patterns) ? Patterns(patterns) : [];
        return name is null || url is null ? null : new() { Name = name, Url = url, Packages = packages, Location = _problems.At(node) };
    }

    private string? Name(YamlNode node)
    {
        if (values.Text(node, "An index's name") is not { } text)
            return null;
        if (Packaging.ExtraName.TryParse(text, out _))
            return text;
        _problems.Add(
            ManifestCodes.BadName,
            node,
            $"'{text}' is no name of an index.",
            "Names are letters, digits, '.', '-' and '_', beginning and ending with a letter or digit.");
        return null;
    }

    /// <summary>Patterns of distributions' names.</summary>
    internal List<string> Patterns(YamlNode node)
    {
        var patterns = new List<string>();
        foreach (var (text, item) in values.Texts(node, "'packages'", "A pattern"))
        {
            // Names are compared in normal form, so a pattern must be in it, too.
            if (text.AsSpan().ContainsAnyExcept(PatternCharacters))
            {
                _problems.Add(
                    ManifestCodes.BadPattern,
                    item,
                    $"'{text}' is no pattern of package names.",
                    "A pattern is a name in which '*' stands for any characters, such as \"corp-*\".");
            }
            else
            {
                patterns.Add(Normalize(text));
            }
        }

        return patterns;
    }

    private static string Normalize(string pattern)
    {
        var normal = new System.Text.StringBuilder(pattern.Length);
        foreach (var c in pattern.ToLowerInvariant())
        {
            if (c is not ('-' or '_' or '.'))
                normal.Append(c);
            else if (normal.Length == 0 || normal[^1] != '-')
                normal.Append('-');
        }

        return normal.ToString();
    }
}
