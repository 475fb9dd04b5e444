using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// What a <c>pyproject.toml</c> asks for: the project's dependencies (PEP 621), its extras and dependency groups (PEP 735) as groups, and
/// what uv's and poetry's tables say, as far as it means something in a manifest.
/// </summary>
internal static class PyProjectFile
{
    public static TakenRequests Read(string text, string path)
    {
        var root = TomlDocument.Parse(text, path);
        var taken = new TakenRequests();
        var reader = new TomlRequests(taken, path);
        var project = root.Table("project");
        taken.Name = project.Text("name");
        taken.Python = project.Text("requires-python");
        reader.AddTo(taken.Requirements, project.Get("dependencies"), "project.dependencies");
        foreach (var (extra, items) in project.Table("optional-dependencies").Members)
        {
            if (reader.GroupName(extra, "project.optional-dependencies") is { } name)
                reader.AddExtra(taken.Group(name), items, taken.Name, $"project.optional-dependencies.{extra}");
        }

        foreach (var (group, items) in root.Table("dependency-groups").Members)
        {
            if (reader.GroupName(group, "dependency-groups") is { } name)
                reader.AddTo(taken.Group(name), items, $"dependency-groups.{group}");
        }

        UvTable.Add(root.Table("tool").Table("uv"), reader);
        PoetryTable.Add(root.Table("tool").Table("poetry"), reader);
        if (taken is { Requirements.Count: 0, Groups.Count: 0 } && project.Members.Count == 0)
            throw RequestsFile.Fault(path, 0, "The file declares no dependencies: neither [project], [dependency-groups] nor [tool.poetry] is there.");
        return taken;
    }
}
