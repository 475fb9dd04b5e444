namespace VenvBuild.Environments;

/// <summary>Takes folders of ours away, links as links and never through them.</summary>
internal static class FolderRemoval
{
    /// <summary>Removes the folder, if it is there.</summary>
    public static void Remove(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        if (OperatingSystem.IsWindows())
            ClearReadOnly(folder);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Removes the folder, if it is there, such that it is gone at once: its name first, its content after.</summary>
    public static void RemoveAtOnce(string folder, string aside)
    {
        if (!Directory.Exists(folder))
            return;
        Remove(aside);
        Directory.CreateDirectory(Path.GetDirectoryName(aside)!);
        Directory.Move(folder, aside);
        Remove(aside);
    }

    /// <summary>Removes the folder where that works; what stays is taken away by a later run.</summary>
    public static void TryRemove(string folder)
    {
        try
        {
            Remove(folder);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // Debris is found and wiped by the next run that works here; it must not hide the error that led here.
        }
    }

    private static void ClearReadOnly(string folder)
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            if (file.IsReadOnly)
                file.IsReadOnly = false;
        }
    }
}
