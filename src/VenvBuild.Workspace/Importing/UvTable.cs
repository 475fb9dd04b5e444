using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What <c>[tool.uv]</c> of a <c>pyproject.toml</c> means in a manifest.</summary>
internal static class UvTable
{
    private static readonly string[] Understood =
    [
        "constraint-dependencies", "override-dependencies", "dev-dependencies", "default-groups", "index", "index-url", "extra-index-url", "find-links",
        "resolution", "prerelease", "exclude-newer", "index-strategy", "package", "sources", "no-build", "exclude-dependencies",
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
        foreach (var (name, source) in uv.Table("sources").Members.Where(source => !IsKnownIndex(uv, source.Value)))
        {
            if (!AddAddress(taken, name, source.Text("url") ?? (source.Text("path") is { } local ? RequestsFile.LocalAddress(local) : null)))
                taken.LeftOut.Add($"tool.uv.sources.{name}: {Describe(source)}");
            else if (source.IsTrue("editable"))
                taken.ToCheck.Add($"{name} is installed as it is built, not as an editable project");
        }

        if (uv.Items("exclude-dependencies") is { Count: > 0 } excluded)
            taken.Settings.Add($"exclude: [{string.Join(", ", excluded.Select(name => PackageName.TryParse(name.Text, out var good) ? good.Value : null).OfType<string>())}]");
        foreach (var (key, _) in uv.Members.Where(member => !Understood.Contains(member.Key, StringComparer.Ordinal)))
            taken.LeftOut.Add($"tool.uv.{key}: it has no counterpart in a manifest");
    }

    private static void AddIndexes(LockValue uv, TakenRequests taken)
    {
        var sources = uv.Table("sources");
        var indexes = uv.Items("index").Where(index => index.Text("url") is not null).OrderBy(index => index.IsTrue("default")).ToList();
        foreach (var index in indexes)
        {
            var sent = sources.Members.Where(source => source.Value.Text("index") is { } name && name == index.Text("name") && PackageName.TryParse(source.Key, out _))
                .Select(source => PackageName.Parse(source.Key).Value).ToList();
            if (index.IsTrue("explicit") && sent.Count == 0)
                taken.LeftOut.Add($"tool.uv.index '{index.Text("name")}': it is for certain names only, and none is sent to it");
            else
                taken.AddIndex(index.Text("name"), index.Text("url")!, "tool.uv.index", sent.Count > 0 ? sent : null);
            if (sent.Count > 0 && !index.IsTrue("explicit"))
                taken.ToCheck.Add($"the index '{index.Text("name")}' serves {string.Join(" and ", sent)} only: uv asks it for other names, too");
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

    private static bool IsKnownIndex(LockValue uv, LockValue source) =>
        source.Text("index") is { } name && uv.Items("index").Any(index => index.Text("name") == name && index.Text("url") is not null);

    /// <summary>Has each request for a name ask for it by its address, where a request has room for one.</summary>
    private static bool AddAddress(TakenRequests taken, string name, string? address)
    {
        if (address is null || !PackageName.TryParse(name, out var wanted))
            return false;
        var isAdded = false;
        foreach (var list in taken.Groups.Select(group => group.Items).Prepend(taken.Requirements))
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (!Requirement.TryParse(list[i], out var requirement) || requirement.Name != wanted || requirement.Url is not null)
                    continue;
                var extras = requirement.Extras.Count == 0 ? "" : $"[{string.Join(',', requirement.Extras)}]";
                var text = $"{wanted}{extras} @ {Credentials.Strip(address)}{(requirement.Marker is { } marker ? $" ; {marker}" : "")}";
                if (!Requirement.TryParse(text, out _))
                    continue;
                list[i] = text;
                isAdded = true;
            }
        }

        return isAdded;
    }

    private static string Describe(LockValue source)
    {
        if (source.Text("index") is { } index)
            return $"the name comes from the index '{index}'; list it under the 'packages' of that index";
        return source.Text("git") is not null ? "it comes from a repository; ask for a built wheel by its address"
            : source.Text("path") is { } local ? $"it comes from '{local}'; ask for it as 'NAME @ {RequestsFile.LocalAddress(local)}'"
            : "where it comes from is asked for as 'NAME @ ADDRESS'";
    }
}
