namespace VenvBuild.Environments;

/// <summary>How much a folder holds.</summary>
internal static class FolderSize
{
    /// <summary>The bytes of all files below; links count nothing. A folder that goes away meanwhile counts as far as it was seen.</summary>
    public static long Of(string folder) => Measure(folder).Bytes;

    /// <summary>Files and bytes below.</summary>
    public static (long Files, long Bytes) Measure(string folder)
    {
        long files = 0, bytes = 0;
        if (!Directory.Exists(folder))
            return (0, 0);
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", everything))
        {
            try
            {
                bytes += file.Length;
                files++;
            }
            catch (FileNotFoundException)
            {
                // Somebody else tidies up too.
            }
        }

        return (files, bytes);
    }
}
