namespace VenvBuild.Environments;

/// <summary>A native file as a loader has it.</summary>
/// <param name="Path">Where it is: relative to the environment with <c>/</c>, or absolute where it is outside.</param>
/// <param name="Image">What it says of itself.</param>
/// <param name="By">The file that asked for it; null for a program.</param>
internal sealed record LoadedFile(string Path, NativeImage Image, LoadedFile? By)
{
    /// <summary>Whether it is outside the environment.</summary>
    public bool IsOutside => Path.StartsWith('/');

    /// <summary>The folder that it is in, in the form of <see cref="Path"/>.</summary>
    public string Folder => Path[..Math.Max(Path.LastIndexOf('/'), 0)];

    /// <summary>The file of the environment that led to it: itself, or the nearest one that asked.</summary>
    public LoadedFile Cause
    {
        get
        {
            var file = this;
            while (file is { IsOutside: true, By: { } by })
                file = by;
            return file;
        }
    }

    /// <summary>It, the file that asked for it, and so on up to the program.</summary>
    public IEnumerable<LoadedFile> Chain
    {
        get
        {
            for (var file = this; file is not null; file = file.By)
                yield return file;
        }
    }

    /// <summary>A path that is meant from the folder of this file; null where it leaves the environment, or the disk.</summary>
    public string? Beside(string path)
    {
        var parts = new List<string>(Folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (!IsOutside)
                return null;
        }

        return (IsOutside ? "/" : "") + string.Join('/', parts);
    }
}
