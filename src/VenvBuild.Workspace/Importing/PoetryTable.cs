using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What <c>[tool.poetry]</c> of a <c>pyproject.toml</c> means in a manifest.</summary>
internal static class PoetryTable
{
    public static void Add(LockValue poetry, TomlRequests reader)
    {
        var taken = reader.Taken;
        taken.Name ??= poetry.Text("name");
        AddDependencies(taken.Requirements, poetry.Table("dependencies"), "tool.poetry.dependencies", reader);
        if (poetry.Table("dev-dependencies") is { Members.Count: > 0 } dev)
            AddDependencies(taken.Group(ExtraName.Parse("dev")), dev, "tool.poetry.dev-dependencies", reader);
        foreach (var (group, table) in poetry.Table("group").Members)
        {
            if (reader.GroupName(group, "tool.poetry.group") is { } name)
                AddDependencies(taken.Group(name), table.Table("dependencies"), $"tool.poetry.group.{group}", reader);
        }

        foreach (var source in poetry.Items("source").Where(source => source.Text("url") is not null))
            taken.AddIndex(source.Text("name"), source.Text("url")!, "tool.poetry.source");
        if (poetry.Table("extras") is { Members.Count: > 0 } extras)
            taken.LeftOut.AddRange(extras.Members.Select(extra => $"tool.poetry.extras.{extra.Key}: its optional dependencies; write them as a group"));
    }

    private static void AddDependencies(List<string> list, LockValue table, string place, TomlRequests reader)
    {
        foreach (var (name, value) in table.Members)
        {
            var version = value.Kind == LockValueKind.String ? value.Text : value.Text("version");
            if (name == "python")
            {
                reader.Taken.Python ??= version is null ? null : PoetryVersion.ToSpecifiers(version);
                continue;
            }

            if (value.IsTrue("optional"))
                reader.Taken.LeftOut.Add($"{place}.{name}: it is optional; write it in a group");
            else if (value.Kind is not (LockValueKind.String or LockValueKind.Table) || (value.Kind == LockValueKind.Table && version is null))
                reader.Taken.LeftOut.Add($"{place}.{name}: it comes from a repository, a path or an address; ask for it as 'NAME @ ADDRESS'");
            else if (PoetryVersion.ToSpecifiers(version!) is not { } specifiers)
                reader.Taken.LeftOut.Add($"{place}.{name}: '{version}', which no version specifiers say");
            else
                reader.AddText(list, $"{name}{Extras(value)}{specifiers}{Marker(value)}", $"{place}.{name}");
        }
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
