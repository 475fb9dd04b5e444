namespace VenvBuild.Environments;

/// <summary>
/// One pruning. Things are taken out one by one behind the gate of leases, so that a run that begins meanwhile has what it then finds; a kill at
/// any moment leaves the store whole.
/// </summary>
internal sealed class StorePruning(string cacheFolder, PruneOptions options)
{
    private readonly StoreInventory _inventory = new(cacheFolder);
    private readonly StoreTrash _trash = new(cacheFolder);
    private readonly EnvironmentRegister _register = new(cacheFolder);
    private long _freed;
    private int _removed;
    private int _kept;

    public async Task<PruneOutcome> RunAsync(CancellationToken cancellationToken)
    {
        await TidyAsync(cancellationToken).ConfigureAwait(false);
        var now = DateTime.UtcNow;
        var items = _inventory.Items(cancellationToken).OrderBy(item => item.LastUse).ThenBy(item => item.Path, StringComparer.Ordinal).ToList();
        var left = items.Sum(item => item.Bytes);
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!(options.UnusedFor is { } span && now - item.LastUse > span) && !(left > options.MaxBytes))
                continue;
            if (await TryRemoveAsync(item, cancellationToken).ConfigureAwait(false))
            {
                _removed++;
                _freed += item.Bytes;
                left -= item.Bytes;
            }
            else
            {
                _kept++;
            }
        }

        return new(_freed, _removed, _kept, left);
    }

    /// <summary>Clears away what interrupted runs left.</summary>
    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(cacheFolder);
        using (await StoreLease.GateAsync(cacheFolder, cancellationToken).ConfigureAwait(false))
            StoreLease.Held(cacheFolder);
        _freed += _trash.Empty();
        foreach (var part in StoreInventory.FolderParts)
        {
            var versions = Path.Combine(root, part);
            _freed += StagingFolder.Wipe(Path.Combine(versions, ".staging"));
            foreach (var version in Directory.Exists(versions) ? Directory.GetDirectories(versions) : [])
                _freed += part is "layers" or "received" or CarriedInterpreter.Part ? StagingFolder.WipeLocked(version) : StagingFolder.Wipe(Path.Combine(version, ".staging"));
        }

        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        foreach (var pattern in (string[])["*.part", "*.tmp"])
        {
            // Files of packages may be called so too: those of layers and interpreters are not looked at.
            foreach (var top in new DirectoryInfo(root).EnumerateDirectories().Where(folder => !StoreInventory.FolderParts.Contains(folder.Name)))
            {
                foreach (var file in top.EnumerateFiles(pattern, everything).Where(file => StoreInventory.IsLeftover(file.FullName, file.LastWriteTimeUtc)))
                {
                    _freed += file.Length;
                    file.Delete();
                }
            }
        }

        _register.Tidy();
    }

    private async Task<bool> TryRemoveAsync(StoreItem item, CancellationToken cancellationToken)
    {
        if (item.Digest is null && item.Layer is null && !Directory.Exists(item.Path))
        {
            File.Delete(item.Path);
            return true;
        }

        string aside;
        using (await StoreLease.GateAsync(cacheFolder, cancellationToken).ConfigureAwait(false))
        {
            // Environments are read again each time: one may have been made since the pruning began.
            if (item.Digest is { } digest && StoreLease.Held(cacheFolder).Contains(digest) || new StoreUses(_register.Read()).IsInEnvironment(item))
                return false;
            try
            {
                aside = _trash.TakeOut(item.Path);
            }
            catch (DirectoryNotFoundException)
            {
                // Another pruning was faster.
                return true;
            }
        }

        FolderRemoval.TryRemove(aside);
        return true;
    }
}
