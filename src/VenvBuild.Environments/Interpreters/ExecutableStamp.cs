namespace VenvBuild.Environments;

/// <summary>By what a changed file is known without reading it.</summary>
/// <param name="RealPath">The path with all links followed.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Ticks">The time of the last change, in ticks of UTC.</param>
internal sealed record ExecutableStamp(string RealPath, long Size, long Ticks)
{
    /// <summary>Looks at a file; null when it is not there or a link in its path is broken.</summary>
    public static ExecutableStamp? Of(string path)
    {
        try
        {
            var real = RealPathOf(path);
            var info = new FileInfo(real);
            return info.Exists ? new(real, info.Length, info.LastWriteTimeUtc.Ticks) : null;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return null;
        }
    }

    /// <summary>The path with links followed, also those of folders on the way.</summary>
    internal static string RealPathOf(string path)
    {
        var full = Path.GetFullPath(path);
        for (var hops = 0; hops < 64; hops++)
        {
            var (link, target, tail) = FirstLink(full);
            if (link.Length == 0)
                return full;
            full = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(link)!, target, tail));
        }

        throw new IOException($"'{path}' is a circle of links.");
    }

    private static (string Link, string Target, string Tail) FirstLink(string path)
    {
        for (var end = path.IndexOf(Path.DirectorySeparatorChar, 1); ; end = path.IndexOf(Path.DirectorySeparatorChar, end + 1))
        {
            var part = end < 0 ? path : path[..end];
            if (new FileInfo(part).LinkTarget is { } target)
                return (part, target, end < 0 ? "" : path[(end + 1)..]);
            if (end < 0)
                return ("", "", "");
        }
    }
}
