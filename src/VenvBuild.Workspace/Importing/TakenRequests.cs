using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What a file of another tool asks for, in a manifest's terms.</summary>
internal sealed class TakenRequests
{
    /// <summary>The environment's name, or null.</summary>
    public string? Name { get; set; }

    /// <summary>The range of Pythons, or null.</summary>
    public string? Python { get; set; }

    public List<string> Requirements { get; } = [];

    /// <summary>The groups in the file's order: requirements as texts, includes as <c>{include: NAME}</c>.</summary>
    public List<(ExtraName Name, List<string> Items)> Groups { get; } = [];

    public List<string> DefaultGroups { get; } = [];

    public List<string> Constraints { get; } = [];

    public List<string> Overrides { get; } = [];

    /// <summary>Indexes as flow mappings, in the order in which they are asked.</summary>
    public List<string> Indexes { get; } = [];

    public List<string> FindLinks { get; } = [];

    /// <summary>Further settings as lines of a manifest.</summary>
    public List<string> Settings { get; } = [];

    /// <summary>What the file says that has no place in a manifest, and why: a line each.</summary>
    public List<string> LeftOut { get; } = [];

    /// <summary>What was taken and may mean something else here: a line each.</summary>
    public List<string> ToCheck { get; } = [];

    /// <summary>The items of a group, begun where there is none.</summary>
    public List<string> Group(ExtraName name)
    {
        var known = Groups.FindIndex(group => group.Name.Equals(name));
        if (known >= 0)
            return Groups[known].Items;
        Groups.Add((name, []));
        return Groups[^1].Items;
    }

    /// <summary>Adds an index, for some names only where any are given; a password in its address is left out, for it would be read by everybody.</summary>
    public void AddIndex(string? name, string address, string place, IReadOnlyList<string>? packages = null)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            LeftOut.Add($"{place}: '{Credentials.Strip(address)}', which is no http or https URL");
            return;
        }

        if (url.UserInfo.Length > 0)
        {
            url = new UriBuilder(url) { UserName = "", Password = "" }.Uri;
            LeftOut.Add($"{place}: the credentials in the index's URL; give them by the environment or netrc");
        }

        var isPublic = url.Host == "pypi.org";
        var claim = packages is null ? "" : $", packages: [{string.Join(", ", packages)}]";
        Indexes.Add(isPublic ? "pypi" : $"{{name: {(ExtraName.TryParse(name, out var good) ? good.Value : $"index-{Indexes.Count + 1}")}, url: \"{url.AbsoluteUri}\"{claim}}}");
    }
}
