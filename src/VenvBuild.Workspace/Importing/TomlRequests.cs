using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Takes requirements out of a TOML file's arrays.</summary>
internal sealed class TomlRequests(TakenRequests taken, string path)
{
    public TakenRequests Taken => taken;

    /// <summary>The requirements of an array, and includes of groups (PEP 735).</summary>
    public void AddTo(List<string> list, LockValue? items, string place)
    {
        for (var i = 0; i < (items?.Items.Count ?? 0); i++)
        {
            var item = items!.Items[i];
            if (item.Kind == LockValueKind.String)
                AddText(list, item.Text, $"{place}[{i}]");
            else if (item.Text("include-group") is { } include && GroupName(include, place) is { } group)
                list.Add($"{{include: {group}}}");
            else
                taken.LeftOut.Add($"{place}[{i}]: it is neither a requirement nor an include");
        }
    }

    /// <summary>The requirements of an extra, in which the project's own name asks for other extras.</summary>
    public void AddExtra(List<string> list, LockValue items, string? project, string place)
    {
        var own = new List<string>();
        AddTo(own, items, place);
        foreach (var text in own)
        {
            var isOwn = Requirement.TryParse(text, out var requirement) && PackageName.TryParse(project, out var name) && requirement.Name == name;
            if (isOwn)
                list.AddRange(requirement!.Extras.Select(extra => $"{{include: {extra}}}"));
            else
                list.Add(text);
        }
    }

    public void AddText(List<string> list, string text, string place)
    {
        try
        {
            var requirement = Requirement.Parse(text);
            list.Add(Credentials.Strip(requirement.ToString()));
        }
        catch (PackagingFormatException fault)
        {
            throw RequestsFile.Fault(path, 0, $"{place}: '{Credentials.Strip(text)}' is no requirement: {fault.Message}");
        }
    }

    public ExtraName? GroupName(string text, string place)
    {
        if (ExtraName.TryParse(text, out var name))
            return name;
        taken.LeftOut.Add($"{place}.{text}: it is no name that a group may have");
        return null;
    }
}
