using System.Buffers;
using NuGet.Versioning;
using VenvBuild.Environments;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>Reads what says how the work is done, and not what is asked for: folders, servers, publishing.</summary>
internal sealed class SettingsReader(ManifestValues values, IndexReader indexes)
{
    private const string GitHub = "github";
    private const string Bucket = "s3";
    private static readonly string[] EnvironmentKeys = ["path", "bytecode", "link"];
    private static readonly string[] PublishKeys = [GitHub, Bucket];
    private static readonly string[] Sources = [GitHub, "server"];
    private static readonly SearchValues<char> RepositoryCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    private readonly ManifestProblems _problems = values.Problems;

    public VersionRange? ToolRange(YamlNode node, NuGetVersion toolVersion)
    {
        if (values.Text(node, "'venvbuild'") is not { } text)
            return null;
        if (!VersionRange.TryParse(text, allowFloating: false, out var range))
        {
            _problems.Add(
                ManifestCodes.BadToolRange,
                node,
                $"'{text}' is no range of NuGet versions.",
                "A range is such as \"[0.1,1.0)\": from 0.1, and below 1.0.");
            return null;
        }

        // A pre-release of the tool is as good as its release for whoever tries it.
        if (!range.Satisfies(toolVersion) && !range.Satisfies(new NuGetVersion(toolVersion.Major, toolVersion.Minor, toolVersion.Patch)))
        {
            _problems.Add(
                ManifestCodes.OtherTool,
                node,
                $"The manifest asks for dotnet-pyenv {text}; this is {toolVersion.ToNormalizedString()}.",
                "Install a version in that range ('dotnet tool update dotnet-pyenv'), or widen the range.");
        }

        return range;
    }

    private static readonly LinkMode[] Links = [LinkMode.Auto, LinkMode.Clone, LinkMode.HardLink, LinkMode.Symlink, LinkMode.Copy];

    public EnvironmentSettings Environment(YamlNode node)
    {
        var settings = new EnvironmentSettings();
        if (values.Table(node, "'environment'", EnvironmentKeys) is not { } table)
            return settings;
        if (table.TryGet("path", out var path) && RelativePath(path, "'path'") is { } folder)
            settings = settings with { Path = folder };
        if (table.TryGet("bytecode", out var bytecode) && values.Flag(bytecode, "'bytecode'") is { } compiles)
            settings = settings with { CompilesBytecode = compiles };
        if (table.TryGet("link", out var link) && values.Word(link, "'link'", "auto", "clone", "hardlink", "symlink", "copy") is { } mode)
            settings = settings with { Link = Links[mode] };
        return settings;
    }

    /// <summary>Where environments are published: a repository, or a bucket.</summary>
    public PublishPlace? Publish(YamlNode node)
    {
        if (values.Table(node, "'publish'", PublishKeys) is not { } table)
            return null;
        if (!table.TryGet(Bucket, out var bucket))
            return new(Repository(table), null);
        if (table.TryGet(GitHub, out var other))
            _problems.Add(ManifestCodes.UnknownWord, other, "Environments are published to one place, and 'publish' names two.", "Keep 'github' or 's3'.");
        if (values.Text(bucket, "'s3'") is { } text && IsBucket(bucket, text))
            return new(null, text);
        return null;
    }

    private bool IsBucket(YamlNode node, string text)
    {
        if (EnvironmentBucketStore.IsAddress(text))
            return true;
        _problems.Add(ManifestCodes.BadUrl, node, $"'{text}' is no bucket.", "Write it as s3://bucket/prefix, and where it is not Amazon's, ?endpoint=https://host behind it.");
        return false;
    }

    private string? Repository(ManifestTable table)
    {
        if (table.Require(GitHub, "'publish'") is not { } place || values.Text(place, "'github'") is not { } text)
            return null;

        var parts = text.Split('/');
        if (parts.Length is 2 or 3 && Array.TrueForAll(parts, part => part.Length > 0)
            && (parts.Length == 2 || Uri.CheckHostName(parts[0]) == UriHostNameType.Dns)
            && !parts[^2].AsSpan().ContainsAnyExcept(RepositoryCharacters) && !parts[^1].AsSpan().ContainsAnyExcept(RepositoryCharacters)
            && parts[^1] is not ("." or ".."))
        {
            return text;
        }

        _problems.Add(ManifestCodes.BadRepository, place, $"'{text}' is no repository of GitHub.", "Write it as owner/repo, or host/owner/repo on a server of your own.");
        return null;
    }

    /// <summary>Whether a text names a repository on a host of workflows: <c>owner/repo</c>, or with groups between.</summary>
    internal static bool IsRepository(string text, int maxParts) =>
        text.Split('/') is { Length: >= 2 } parts && parts.Length <= maxParts
        && Array.TrueForAll(parts, part => part is not ("" or "." or "..") && !part.AsSpan().ContainsAnyExcept(RepositoryCharacters));

    public List<string> EnvironmentSources(YamlNode node)
    {
        var sources = new List<string>();
        foreach (var (text, item) in values.Texts(node, "'sources'", "A source"))
        {
            if (text.StartsWith("s3://", StringComparison.Ordinal))
            {
                if (!IsBucket(item, text))
                    continue;
            }
            else if (text.Contains("://", StringComparison.Ordinal))
            {
                if (indexes.Url(item, text, "A source", "https", "http", "file") is null)
                    continue;
            }
            else if (!text.StartsWith('.') && !text.Contains('/', StringComparison.Ordinal) && !Sources.Contains(text))
            {
                _problems.Add(
                    ManifestCodes.UnknownWord,
                    item,
                    $"'{text}' is no source of environments.",
                    NearName.Remedy(text, Sources, "A source is 'github', 'server', a URL, a bucket (s3://...), or a folder that begins with './'."));
                continue;
            }

            if (sources.Contains(text))
                values.Twice(item, $"'{text}'");
            else
                sources.Add(text);
        }

        return sources;
    }

    /// <summary>A path below the manifest's folder, with <c>/</c>.</summary>
    internal string? RelativePath(YamlNode node, string what)
    {
        if (values.Text(node, what) is not { } text)
            return null;
        var path = text.Replace('\\', '/').TrimEnd('/');
        if (path.StartsWith("./", StringComparison.Ordinal))
            path = path[2..];
        var parts = path.Split('/');
        if (!text.StartsWith('/') && !text.StartsWith('\\') && text[0] != '~' && !text.Contains(':', StringComparison.Ordinal) && !text.Contains('\0', StringComparison.Ordinal)
            && Array.TrueForAll(parts, part => part is not ("" or "." or "..")))
        {
            return path;
        }

        _problems.Add(
            ManifestCodes.BadPath,
            node,
            $"{what} is '{text}'; it is a path below the manifest's folder, without '..'.",
            "Write it relative to the manifest, such as .venv.");
        return null;
    }
}
