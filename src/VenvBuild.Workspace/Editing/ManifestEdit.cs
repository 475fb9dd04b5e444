using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Puts requirements into a manifest's text and takes them out, keeping comments, layout, quotes and line ends.</summary>
internal static class ManifestEdit
{
    /// <summary>The text with a requirement more in its requirements, or in a group's.</summary>
    public static string Add(string text, string file, ExtraName? group, Requirement requirement, string written)
    {
        var (edited, root) = Read(text, file);
        if (List(edited, root, group) is { } list)
            return list.With(requirement, written);
        if (group is null)
            return Append(edited, $"requirements:{edited.Break}  - {Quoted(written)}");
        if (root.Entries.Find(entry => entry.Key.Value == "groups") is not { } groups)
            return Append(edited, $"groups:{edited.Break}  {group}:{edited.Break}    - {Quoted(written)}");
        if (groups.Value is not { Kind: YamlNodeKind.Mapping, Entries: [.., var last] } || edited.Text[edited.At(groups.Value)] == '{')
            throw CannotEdit(file, groups.Key, $"The groups are not written a line each, so that '{group}' cannot be added to them.", "Write the group into the manifest, then run 'add' again.");
        var at = last.Value.Kind == YamlNodeKind.Sequence && last.Value.Items.Count > 0 ? last.Value.Items[^1] : last.Value;
        var place = edited.NextLine(Math.Max(edited.At(last.Key), edited.End(at) - 1));
        var indentation = new string(' ', last.Key.Column - 1);
        var lines = $"{indentation}{group}:{edited.Break}{indentation}  - {Quoted(written)}";
        return place > 0 && text[place - 1] is '\n' or '\r' ? text.Insert(place, lines + edited.Break) : text.Insert(place, edited.Break + lines);
    }

    /// <summary>The text without the requirements of a name, or null where none is there.</summary>
    public static string? Remove(string text, string file, ExtraName? group, PackageName name)
    {
        string? without = null;
        while (true)
        {
            var (edited, root) = Read(text, file);
            if (List(edited, root, group) is not { } list)
                return without;
            if (list.IsSole(name))
                return WithoutSole(edited, root, group, list);
            if (list.Without(name) is not { } shorter)
                return without;
            text = without = shorter;
        }
    }

    private static string WithoutSole(EditedText edited, YamlNode root, ExtraName? group, RequirementList list)
    {
        if (group is null)
            return root.Entries.Count > 1 ? list.WithoutKey() : list.Emptied();
        var groups = root.Entries.Find(entry => entry.Key.Value == "groups")!;
        return groups.Value.Entries.Count > 1 ? list.WithoutKey() : new RequirementList(edited, groups.Key, groups.Value.Entries[0].Value).WithoutKey();
    }

    private static (EditedText Text, YamlNode Root) Read(string text, string file)
    {
        var problems = new ManifestProblems(file, new(text));
        var root = YamlTree.Read(new(text), problems);
        if (root is not { Kind: YamlNodeKind.Mapping } || problems.Count > 0)
            throw new DiagnosticException(ExitCode.Usage, problems.Count > 0 ? problems.Errors : [Diagnostic.Error(WorkspaceCodes.CannotEdit, "The manifest is no mapping.", new(file))]);
        return text.Length > 0 && root.Entries.Count > 0 && text[0] == '{'
            ? throw CannotEdit(file, root, "The manifest is one flow mapping, which is not edited in place.", "Write it a key a line.")
            : (new(text), root);
    }

    private static RequirementList? List(EditedText edited, YamlNode root, ExtraName? group)
    {
        var entry = root.Entries.Find(entry => entry.Key.Value == (group is null ? "requirements" : "groups"));
        if (group is not null && entry is not null)
            entry = entry.Value.Entries.Find(entry => ExtraName.TryParse(entry.Key.Value, out var name) && name.Equals(group.Value));
        return entry is null ? null : new(edited, entry.Key, entry.Value);
    }

    private static string Append(EditedText edited, string lines)
    {
        var text = edited.Text;
        return text.Length == 0 || text[^1] is '\n' or '\r' ? text + lines + edited.Break : text + edited.Break + lines;
    }

    private static string Quoted(string value) =>
        value.Contains(": ", StringComparison.Ordinal) || value.Contains(" #", StringComparison.Ordinal)
            ? $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : value;

    private static DiagnosticException CannotEdit(string file, YamlNode node, string message, string remedy) =>
        new(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.CannotEdit, message, new(file, node.Line, node.Column), remedy));
}
