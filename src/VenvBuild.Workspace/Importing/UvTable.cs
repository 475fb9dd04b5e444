using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What <c>[tool.uv]</c> of a <c>pyproject.toml</c> means in a manifest.</summary>
internal static class UvTable
{
    private static readonly string[] Understood =
    [
        "constraint-dependencies", "override-dependencies", "dev-dependencies", "default-groups", "index", "index-url", "extra-index-url", "find-links",
        "resolution", "prerelease", "exclude-newer", "index-strategy", "package", "sources", "no-build",
    ];

    public static void Add(LockValue uv, TomlRequests reader)
    {
        var taken = reader.Taken;
        reader.AddTo(taken.Constraints, uv.Get("constraint-dependencies"), "tool.uv.constraint-dependencies");
        reader.AddTo(taken.Overrides, uv.Get("override-dependencies"), "tool.uv.override-dependencies");
        if (uv.Items("dev-dependencies").Count > 0)
            reader.AddTo(taken.Group(ExtraName.Parse("dev")), uv.Get("dev-dependencies"), "tool.uv.dev-dependencies");
        taken.DefaultGroups.AddRange(uv.Items("default-groups").Select(item => item.Text).Where(name => taken.Groups.Exists(group => group.Name.Value == name)));
        AddIndexes(uv, taken);
        AddSettings(uv, taken);
        foreach (var (name, source) in uv.Table("sources").Members)
            taken.LeftOut.Add($"tool.uv.sources.{name}: {Describe(source)}");
        foreach (var (key, _) in uv.Members.Where(member => !Understood.Contains(member.Key, StringComparer.Ordinal)))
            taken.LeftOut.Add($"tool.uv.{key}: it has no counterpart in a manifest");
    }

    private static void AddIndexes(LockValue uv, TakenRequests taken)
    {
        var indexes = uv.Items("index").Where(index => index.Text("url") is not null).OrderBy(index => index.IsTrue("default")).ToList();
        foreach (var index in indexes)
        {
            taken.AddIndex(index.Text("name"), index.Text("url")!, "tool.uv.index");
            if (index.IsTrue("explicit"))
                taken.LeftOut.Add($"tool.uv.index '{index.Text("name")}': that it is for certain names only; list them under its 'packages'");
        }

        foreach (var url in uv.Items("extra-index-url"))
            taken.AddIndex(null, url.Text, "tool.uv.extra-index-url");
        if (uv.Text("index-url") is { } main)
            taken.AddIndex(null, main, "tool.uv.index-url");
        else if (taken.Indexes.Count > 0 && !indexes.Exists(index => index.IsTrue("default")) && !taken.Indexes.Contains("pypi"))
            taken.Indexes.Add("pypi");
        taken.FindLinks.AddRange(uv.Items("find-links").Select(item => Credentials.Strip(item.Text)));
    }

    private static void AddSettings(LockValue uv, TakenRequests taken)
    {
        if (uv.Text("resolution") is { } resolution and ("lowest" or "lowest-direct"))
            taken.Settings.Add($"resolution: {resolution}");
        if (uv.Text("prerelease") is { } prerelease and ("allow" or "disallow"))
            taken.Settings.Add($"prereleases: {prerelease}");
        if (uv.Text("index-strategy") == "unsafe-best-match")
            taken.Settings.Add("index-strategy: best-match");
        if (uv.Get("exclude-newer") is { } newer)
        {
            if (ExcludeNewer.Read(newer.Text) is { } cutoff)
                taken.Settings.Add($"exclude-newer: \"{cutoff}\"");
            else
                taken.LeftOut.Add($"tool.uv.exclude-newer: '{newer.Text}', which is neither a date nor a number of hours, days or weeks");
        }
    }

    private static string Describe(LockValue source)
    {
        if (source.Text("index") is { } index)
            return $"the name comes from the index '{index}'; list it under the 'packages' of that index";
        return source.Text("git") is not null ? "it comes from a repository; ask for a built wheel by its address"
            : source.Text("path") is { } local ? $"it comes from '{local}'; ask for it as 'NAME @ ./{local.TrimStart('.', '/')}'"
            : "where it comes from is asked for as 'NAME @ ADDRESS'";
    }
}
