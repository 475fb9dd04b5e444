using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What <c>[tool.poetry]</c> of a <c>pyproject.toml</c> means in a manifest.</summary>
internal static class PoetryTable
{
    public static void Add(LockValue poetry, TomlRequests reader)
    {
        var taken = reader.Taken;
        taken.Name ??= poetry.Text("name");
        AddDependencies(taken.Requirements, poetry.Table("dependencies"), "tool.poetry.dependencies", reader, poetry.Table("extras"));
        if (poetry.Table("dev-dependencies") is { Members.Count: > 0 } dev)
            AddDependencies(taken.Group(ExtraName.Parse("dev")), dev, "tool.poetry.dev-dependencies", reader);
        foreach (var (group, table) in poetry.Table("group").Members)
        {
            if (reader.GroupName(group, "tool.poetry.group") is { } name)
                AddDependencies(taken.Group(name), table.Table("dependencies"), $"tool.poetry.group.{group}", reader);
        }

        foreach (var source in poetry.Items("source").Where(source => source.Text("url") is not null))
        {
            var sent = source.Text("name") is { } name ? SentTo(name, poetry) : [];
            if (source.Text("priority") == "explicit" && sent.Count == 0)
                taken.LeftOut.Add($"tool.poetry.source '{source.Text("name")}': it is for certain names only, and none is sent to it");
            else
                taken.AddIndex(source.Text("name"), source.Text("url")!, "tool.poetry.source", source.Text("priority") == "explicit" ? sent : null);
        }

        if (taken.Indexes.Count > 0 && poetry.Items("source") is { Count: > 0 } sources && !taken.Indexes.Contains("pypi") && !sources.Any(source => source.Text("priority") is "default" || source.IsTrue("default")))
            taken.Indexes.Add("pypi");
    }

    /// <summary>The names that are asked of one source.</summary>
    private static List<string> SentTo(string source, LockValue poetry)
    {
        var tables = poetry.Table("group").Members.Select(group => group.Value.Table("dependencies")).Prepend(poetry.Table("dependencies"));
        return [.. tables.SelectMany(table => table.Members)
            .Where(member => member.Value.Text("source") == source || member.Value.Items.Any(item => item.Text("source") == source))
            .Where(member => PackageName.TryParse(member.Key, out _)).Select(member => PackageName.Parse(member.Key).Value).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What is optional belongs to the extras that name it, which are groups here.</summary>
    private static List<List<string>> ListsOf(List<string> list, string name, LockValue value, LockValue extras, TomlRequests reader)
    {
        if (!value.IsTrue("optional"))
            return [list];
        return [.. extras.Members.Where(extra => extra.Value.Items.Any(item => PackageName.TryParse(item.Text, out var one) && PackageName.TryParse(name, out var other) && one == other))
            .Select(extra => reader.GroupName(extra.Key, "tool.poetry.extras")).OfType<ExtraName>().Select(reader.Taken.Group)];
    }

    private static void AddDependencies(List<string> list, LockValue table, string place, TomlRequests reader, LockValue? extras = null)
    {
        foreach (var (name, value) in table.Members)
        {
            if (name == "python")
            {
                var version = value.Kind == LockValueKind.String ? value.Text : value.Text("version");
                reader.Taken.Python ??= version is null ? null : PoetryVersion.ToSpecifiers(version);
                continue;
            }

            // One name may be asked for in several ways, each with its marker.
            foreach (var way in value.Kind == LockValueKind.Array ? value.Items : [value])
            {
                var lists = extras is null ? [list] : ListsOf(list, name, way, extras, reader);
                if (lists.Count == 0 || (extras is null && way.IsTrue("optional")))
                    reader.Taken.LeftOut.Add($"{place}.{name}: it is optional, and no extra names it; write it in a group");
                else if (TextOf(name, way, out var problem) is { } text)
                    lists.ForEach(each => reader.AddText(each, text, $"{place}.{name}"));
                else
                    reader.Taken.LeftOut.Add($"{place}.{name}: {problem}");
            }
        }
    }

    private static string? TextOf(string name, LockValue value, out string problem)
    {
        problem = "it comes from a repository; ask for a built wheel by its address";
        var version = value.Kind == LockValueKind.String ? value.Text : value.Text("version");
        if (value.Kind == LockValueKind.Table && (value.Text("url") ?? (value.Text("path") is { } path ? RequestsFile.LocalAddress(path) : null)) is { } address)
            return $"{name}{Extras(value)} @ {address}{(Marker(value) is { Length: > 0 } marker ? " " + marker : "")}";
        if (value.Kind is not (LockValueKind.String or LockValueKind.Table) || version is null)
            return null;
        problem = $"'{version}', which no version specifiers say";
        return PoetryVersion.ToSpecifiers(version) is { } specifiers ? $"{name}{Extras(value)}{specifiers}{Marker(value)}" : null;
    }

    private static string Extras(LockValue value) => value.Items("extras") is { Count: > 0 } extras ? $"[{string.Join(',', extras.Select(extra => extra.Text))}]" : "";

    private static string Marker(LockValue value)
    {
        var parts = new List<string>();
        if (value.Text("markers") is { } markers)
            parts.Add($"({markers})");
        if (value.Text("python") is { } python && PoetryVersion.ToSpecifiers(python) is { Length: > 0 } range)
            parts.AddRange(VersionSpecifiers.Parse(range).Select(clause => $"python_version {clause.ToString().Insert(clause.ToString().AsSpan().IndexOfAnyInRange('0', '9'), "'")}'"));
        if (value.Text("platform") is { } platform)
            parts.Add($"sys_platform == '{platform}'");
        return parts.Count == 0 ? "" : $"; {string.Join(" and ", parts)}";
    }
}
