namespace VenvBuild.Environments;

/// <summary>
/// Where things go that are taken out of the store: renamed in one step, so that they are there whole or not at all, and removed after that.
/// What a killed run left of a removal, the next one goes on with.
/// </summary>
internal sealed class StoreTrash(string cacheFolder)
{
    public const string FolderName = "trash";

    private readonly string _folder = Path.Combine(Path.GetFullPath(cacheFolder), FolderName);

    /// <summary>Takes a folder out; it is not to be seen any more when this returns. Answers where it is now.</summary>
    public string TakeOut(string folder)
    {
        Directory.CreateDirectory(_folder);
        var aside = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        Directory.Move(folder, aside);
        return aside;
    }

    /// <summary>Removes all that was taken out, and answers how many bytes that were.</summary>
    public long Empty()
    {
        if (!Directory.Exists(_folder))
            return 0;
        long freed = 0;
        foreach (var left in Directory.EnumerateDirectories(_folder).ToList())
        {
            freed += FolderSize.Of(left);
            FolderRemoval.TryRemove(left);
        }

        return freed;
    }
}
