using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace VenvBuild.Tasks;

/// <summary>Makes the environment that goes along with a published program, and lists what it consists of.</summary>
public sealed class PyEnvPublish : PyEnvSync
{
    /// <summary>What is about one machine: the environment's memory of itself, and the note to git that it is no source.</summary>
    private static bool IsOfThisMachine(string name) => name.StartsWith(".venvbuild.", StringComparison.Ordinal) || name == ".gitignore";

    /// <summary>The folder that the environment is made in.</summary>
    [Required]
    public string Output { get; set; } = "";

    /// <summary>The platform that the program is published for; empty for this machine's.</summary>
    public string? Platform { get; set; }

    /// <summary>Whether Python itself goes along.</summary>
    public bool WithPython { get; set; }

    /// <summary>Where Python is on the machine of another platform.</summary>
    public string? PythonHome { get; set; }

    /// <summary>What is left out, separated by semicolons: <c>caches</c>, <c>tests</c>.</summary>
    public string? Trim { get; set; }

    /// <summary>The environment's folder in the publish folder.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>The environment's files, each with the metadata RelativePath.</summary>
    [Output]
    public ITaskItem[] Files { get; private set; } = [];

    /// <summary>The environment's symbolic links, by their place in the publish folder, each with the metadata LeadsTo.</summary>
    [Output]
    public ITaskItem[] Links { get; private set; } = [];

    /// <inheritdoc/>
    protected override string Verb => "publish";

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!base.Execute())
            return false;
        var (files, links) = (new List<ITaskItem>(), new List<ITaskItem>());
        List(new DirectoryInfo(Output), Folder, files, links);
        (Files, Links) = ([.. files], [.. links]);
        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    protected override void AddVerb(CommandLineBuilder line)
    {
        base.AddVerb(line);
        line.AppendSwitchIfNotNull("--output ", Output);
        line.AppendSwitchIfNotNull("--platform ", NullIfEmpty(Platform));
        line.AppendSwitchIfNotNull("--python-home ", NullIfEmpty(PythonHome));
        if (WithPython)
            line.AppendSwitch("--with-python");
        foreach (var what in Words(Trim))
            line.AppendSwitchIfNotNull("--trim ", what);
    }

    private void List(DirectoryInfo folder, string place, List<ITaskItem> files, List<ITaskItem> links)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            var path = place + "/" + entry.Name;
            if (SymbolicLink.TargetOf(entry) is { } target)
                links.Add(new TaskItem(path, new Dictionary<string, string> { ["LeadsTo"] = target }));
            else if (entry is DirectoryInfo inner)
                List(inner, path, files, links);
            else if (place != Folder || !IsOfThisMachine(entry.Name))
                files.Add(new TaskItem(Escape(entry.FullName), new Dictionary<string, string> { ["RelativePath"] = path }));
        }
    }

    /// <summary>A file's name may hold what MSBuild would read as its own.</summary>
    private static string Escape(string path) => path.Replace("%", "%25").Replace(";", "%3B").Replace("*", "%2A").Replace("?", "%3F").Replace("$", "%24").Replace("@", "%40");
}
