namespace VenvBuild.Packaging;

/// <summary>
/// What the <c>[project]</c> table of a <c>pyproject.toml</c> says without a build (PEP 621): core metadata, or which of it is dynamic.
/// </summary>
public static class ProjectTable
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxLength = ProjectFile.MaxLength;

    private const int MaxRequirements = 10_000;

    // What a resolver needs to know. Other fields (description, readme, scripts) may be dynamic.
    private static readonly string[] Needed = ["version", "dependencies", "optional-dependencies", "requires-python"];

    /// <summary>The metadata, or null where the file leaves them to the build.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="left">What it leaves to the build: a clause that follows the file's name; null where it leaves nothing.</param>
    /// <exception cref="PackagingFormatException">The file is no TOML, or states a field that cannot be read; the message is such a clause.</exception>
    public static CoreMetadata? Read(ReadOnlySpan<byte> utf8, out string? left)
    {
        left = null;
        var root = ProjectFile.Read(utf8);
        if (root.Find("project")?.Value is not { Kind: LockValueKind.Table } project)
        {
            left = "has no [project] table, so that only a build could tell what it needs";
            return null;
        }

        var dynamic = Texts(project, "dynamic", "dynamic");
        if (Needed.FirstOrDefault(needed => dynamic.Contains(needed, StringComparer.Ordinal)) is { } field)
        {
            left = $"leaves '{field}' to the build (project.dynamic)";
            return null;
        }

        var extras = new List<ExtraName>();
        var requires = Texts(project, "dependencies", "dependencies").Select(text => Read(text, null)).ToList();
        if (project.Find("optional-dependencies")?.Value is { } optional)
        {
            foreach (var (key, _, _, _) in Table(optional, "optional-dependencies").Members)
            {
                if (!ExtraName.TryParse(key, out var extra))
                    throw ProjectFile.Error($"has an extra '{key}', which is no name of one");
                extras.Add(extra);
                requires.AddRange(Texts(optional, key, $"optional-dependencies.{key}").Select(text => Read(text, extra)));
            }
        }

        if (requires.Count > MaxRequirements)
            throw ProjectFile.Error($"has more than {MaxRequirements} requirements");
        return new()
        {
            MetadataVersion = "2.4",
            Name = PackageName.TryParse(Text(project, "name") ?? "", out var name) ? name : throw ProjectFile.Error("has no 'project.name' that is one"),
            Version = PackageVersion.TryParse(Text(project, "version") ?? "", out var version) ? version : throw ProjectFile.Error("has no 'project.version' that is one"),
            RequiresDist = requires,
            RequiresPython = Python(Text(project, "requires-python")),
            ProvidesExtra = extras,
        };
    }

    private static VersionSpecifiers? Python(string? text)
    {
        if (text is null)
            return null;
        try
        {
            return VersionSpecifiers.Parse(text);
        }
        catch (PackagingFormatException e)
        {
            throw ProjectFile.Error($"has a 'requires-python' that cannot be read: {e.Message}");
        }
    }

    /// <summary>A requirement; of an extra, with the marker that core metadata tie it to the extra by.</summary>
    private static Requirement Read(string text, ExtraName? extra)
    {
        try
        {
            var requirement = Requirement.Parse(text);
            if (extra is null)
                return requirement;
            var marker = requirement.Marker is { } own ? $"({own}) and extra == '{extra}'" : $"extra == '{extra}'";
            return new()
            {
                Name = requirement.Name,
                Extras = requirement.Extras,
                Specifiers = requirement.Specifiers,
                Url = requirement.Url,
                Marker = Marker.Parse(marker),
            };
        }
        catch (PackagingFormatException e)
        {
            throw ProjectFile.Error($"asks for '{text}', which cannot be read: {e.Message}");
        }
    }

    private static TomlNode Table(TomlNode node, string what) =>
        node.Kind == LockValueKind.Table ? node : throw ProjectFile.Error($"has {node.Describe()} as 'project.{what}', not a table");

    private static string? Text(TomlNode table, string key) => table.Find(key)?.Value switch
    {
        null => null,
        { Kind: LockValueKind.String } node => node.Text,
        var node => throw ProjectFile.Error($"has {node.Describe()} as 'project.{key}', not a string"),
    };

    private static List<string> Texts(TomlNode table, string key, string what)
    {
        if (table.Find(key)?.Value is not { } list)
            return [];
        return list.Kind == LockValueKind.Array && list.Items.TrueForAll(item => item.Kind == LockValueKind.String)
            ? list.Items.ConvertAll(item => item.Text)
            : throw ProjectFile.Error($"has a 'project.{what}' that is no array of strings");
    }
}
