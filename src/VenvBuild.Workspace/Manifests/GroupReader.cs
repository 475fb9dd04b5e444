using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Reads dependency groups (PEP 735, in YAML: <c>{include: NAME}</c> for <c>{include-group = "NAME"}</c>).</summary>
internal sealed class GroupReader(ManifestValues values, RequirementReader requirements)
{
    private static readonly string[] IncludeKeys = ["include"];

    private readonly ManifestProblems _problems = values.Problems;
    private readonly List<(ExtraName From, ExtraName To, YamlNode Node)> _includes = [];

    public List<ManifestGroup> Groups(YamlNode node)
    {
        var groups = new List<ManifestGroup>();
        if (values.Table(node, "'groups'", null) is not { } table)
            return groups;
        foreach (var (key, value) in table.Entries)
        {
            if (requirements.GroupName(key, key.Value) is not { } name)
                continue;
            if (groups.Find(group => group.Name.Equals(name)) is { } other)
            {
                _problems.Add(
                    ManifestCodes.AmbiguousGroup,
                    key,
                    $"The group '{key.Value}' has the normal name '{name}', as has the one in line {other.Location.Line}.",
                    "Give one of them another name.");
                continue;
            }

            groups.Add(Group(name, key, value));
        }

        foreach (var (_, to, place) in _includes.Where(include => !groups.Exists(group => group.Name.Equals(include.To))))
            UnknownGroup(place, to, groups);
        ReportCycles();
        return groups;
    }

    public List<ExtraName> DefaultGroups(YamlNode node, List<ManifestGroup> groups)
    {
        var names = new List<ExtraName>();
        foreach (var (text, item) in values.Texts(node, "'default-groups'", "A group's name"))
        {
            if (requirements.GroupName(item, text) is not { } name)
                continue;
            if (!groups.Exists(group => group.Name.Equals(name)))
                UnknownGroup(item, name, groups);
            else if (names.Contains(name))
                values.Twice(item, $"'{name}'");
            else
                names.Add(name);
        }

        return names;
    }

    private ManifestGroup Group(ExtraName name, YamlNode key, YamlNode value)
    {
        var own = new List<ManifestRequirement>();
        var includes = new List<ExtraName>();
        foreach (var item in values.Items(value, $"The group '{key.Value}'"))
        {
            if (item.Kind != YamlNodeKind.Mapping)
            {
                if (requirements.Requirement(item) is { } requirement)
                    own.Add(requirement);
            }
            else if (values.Table(item, "an include", IncludeKeys)?.Require("include", "An include") is { } included
                && values.Text(included, "'include'") is { } text && requirements.GroupName(included, text) is { } other)
            {
                includes.Add(other);
                _includes.Add((name, other, included));
            }
        }

        return new(name, own, includes, _problems.At(key));
    }

    private void UnknownGroup(YamlNode node, ExtraName name, List<ManifestGroup> groups) => _problems.Add(
        ManifestCodes.UnknownGroup,
        node,
        $"There is no group '{name}'.",
        groups.Count == 0
            ? "Declare it under 'groups'."
            : NearName.Remedy(name.Value, [.. groups.Select(group => group.Name.Value)], $"The groups are {string.Join(", ", groups.Select(group => group.Name))}."));

    /// <summary>Notes each circle once, at the include that closes it in the file's order.</summary>
    private void ReportCycles()
    {
        var done = new HashSet<ExtraName>();
        foreach (var start in _includes.Select(include => include.From).Distinct())
            Walk(start, [], done);
    }

    private void Walk(ExtraName name, List<ExtraName> path, HashSet<ExtraName> done)
    {
        if (!done.Add(name))
            return;
        path.Add(name);
        foreach (var (_, to, place) in _includes.Where(include => include.From.Equals(name)))
        {
            if (path.IndexOf(to) is var start and >= 0)
            {
                var circle = string.Join(" -> ", path.Skip(start).Append(to));
                _problems.Add(ManifestCodes.GroupCycle, place, $"The groups include each other in a circle: {circle}.", "Take one of these includes out.");
            }
            else
            {
                Walk(to, path, done);
            }
        }

        path.RemoveAt(path.Count - 1);
    }
}
