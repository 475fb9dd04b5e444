using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace VenvBuild.Tasks;

/// <summary>Makes symbolic links in a publish folder, whose files are copied one by one and links with what they lead to.</summary>
public sealed class PyEnvLinks : Task
{
    /// <summary>The publish folder.</summary>
    [Required]
    public string Directory { get; set; } = "";

    /// <summary>The links by their place, each with the metadata LeadsTo.</summary>
    [Required]
    public ITaskItem[] Links { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        foreach (var link in Links)
        {
            var path = Path.Combine(Directory, link.ItemSpec);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!SymbolicLink.TryMake(path, link.GetMetadata("LeadsTo"), out var why))
                Log.LogError(null, "PYENV1093", null, path, 0, 0, 0, 0, "{0}", $"The link to {link.GetMetadata("LeadsTo")} cannot be made: {why}. Publish to a file system that has symbolic links.");
        }

        return !Log.HasLoggedErrors;
    }
}
