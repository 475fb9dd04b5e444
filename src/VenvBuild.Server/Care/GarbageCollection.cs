using Microsoft.EntityFrameworkCore;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// Keeps the layers within a budget: the environments that were not asked for the longest go first, each with the layers that no other one
/// has. What was asked for within the lease stays, and so does what is pinned, subscribed to, or being made.
/// </summary>
internal sealed class GarbageCollection(ServerSettings settings, CatalogFactory catalogs, ILayerStorage storage, TimeProvider clock)
{
    private const string Unfinished = ".tmp";

    /// <summary>Collects.</summary>
    /// <param name="budget">How many bytes of packed layers may stay; null for any number.</param>
    /// <param name="isDry">Whether only is said what would go.</param>
    /// <param name="cancellationToken">Stops between two removals.</param>
    public async Task<GarbageReport> RunAsync(long? budget, bool isDry, CancellationToken cancellationToken)
    {
        var cutoff = (clock.GetUtcNow() - settings.UseLease).ToUnixTimeMilliseconds();
        var archives = new Dictionary<string, StoredArchive>(StringComparer.Ordinal);
        await foreach (var archive in storage.ListAsync(cancellationToken))
            archives[archive.Digest.ToString()] = archive;
        await using var catalog = catalogs.Open();
        var layers = await catalog.Layers.AsNoTracking().ToDictionaryAsync(row => row.Digest, StringComparer.Ordinal, cancellationToken);
        var leftovers = await RemoveLeftoversAsync(catalog, archives, layers, cutoff, isDry, cancellationToken);
        var (environments, users) = await EnvironmentsAsync(catalog, cancellationToken);
        var total = layers.Keys.Sum(digest => archives.GetValueOrDefault(digest)?.Length ?? 0);
        var (gone, removed, freed) = (0, 0, 0L);
        foreach (var (key, own) in Candidates(layers, environments, users, cutoff))
        {
            if (budget is null || total <= budget)
                break;
            cancellationToken.ThrowIfCancellationRequested();
            if (key is not null)
            {
                if (!isDry && !await RemoveEnvironmentAsync(catalog, key, cutoff, cancellationToken))
                    continue;
                gone++;
            }

            foreach (var digest in own)
            {
                if (key is not null && --users[digest] > 0)
                    continue;
                if (!layers.TryGetValue(digest, out var layer) || LastUse(layer) >= cutoff || !(isDry || await RemoveLayerAsync(catalog, digest, cutoff, cancellationToken)))
                    continue;
                removed++;
                var length = archives.GetValueOrDefault(digest)?.Length ?? 0;
                (freed, total) = (freed + length, total - length);
            }
        }

        if (!isDry)
            await catalog.Answers.Where(row => row.FreshUntil < cutoff).ExecuteDeleteAsync(cancellationToken);
        return new(isDry, gone, removed, leftovers, freed, total, isDry ? 0 : await PruneCachesAsync(cancellationToken));
    }

    private static long LastUse(StoredLayer layer) => Math.Max(layer.Used, layer.Made);

    private static async Task<(List<(StoredEnvironment Row, string[] Layers, bool IsHeld)> Environments, Dictionary<string, int> Users)> EnvironmentsAsync(
        CatalogContext catalog, CancellationToken cancellationToken)
    {
        var subscribed = (await catalog.Subscriptions.Select(row => row.LockDigest).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var underWay = (await catalog.Builds.Where(row => row.State == BuildState.Queued || row.State == BuildState.Building).Select(row => row.EnvironmentKey).ToListAsync(cancellationToken))
            .ToHashSet(StringComparer.Ordinal);
        var environments = new List<(StoredEnvironment, string[], bool)>();
        var users = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var row in catalog.Environments.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var manifest = EnvironmentManifest.Read(row.Manifest, "the database");
            string[] layers = [.. manifest.Layers.Select(layer => layer.Digest.ToString()).Distinct(StringComparer.Ordinal)];
            foreach (var digest in layers)
                users[digest] = users.GetValueOrDefault(digest) + 1;
            environments.Add((row, layers, row.IsPinned || underWay.Contains(row.Key) || subscribed.Contains(manifest.Lock.ToString() ?? "")));
        }

        return (environments, users);
    }

    /// <summary>What may go, the least recently used first: environments with their layers, and layers that are in none.</summary>
    private static List<(string? Key, string[] Layers)> Candidates(
        Dictionary<string, StoredLayer> layers, List<(StoredEnvironment Row, string[] Layers, bool IsHeld)> environments, Dictionary<string, int> users, long cutoff) =>
        [.. environments.Where(environment => !environment.IsHeld)
            .Select(environment => (Time: Math.Max(environment.Row.Used, environment.Row.Made), Key: (string?)environment.Row.Key, environment.Layers))
            .Concat(layers.Values.Where(layer => !users.ContainsKey(layer.Digest)).Select(layer => (Time: LastUse(layer), Key: (string?)null, Layers: new[] { layer.Digest })))
            .Where(candidate => candidate.Time < cutoff)
            .OrderBy(candidate => candidate.Time).ThenBy(candidate => candidate.Key ?? candidate.Layers[0], StringComparer.Ordinal)
            .Select(candidate => (candidate.Key, candidate.Layers))];

    private static async Task<bool> RemoveEnvironmentAsync(CatalogContext catalog, string key, long cutoff, CancellationToken cancellationToken)
    {
        await using var transaction = await catalog.Database.BeginTransactionAsync(cancellationToken);
        await catalog.EnvironmentPackages.Where(row => row.EnvironmentKey == key).ExecuteDeleteAsync(cancellationToken);
        if (await catalog.Environments.Where(row => row.Key == key && row.Used < cutoff && row.Made < cutoff && !row.IsPinned).ExecuteDeleteAsync(cancellationToken) != 1)
            return false;
        await catalog.BuildLines.Where(line => catalog.Builds.Any(row => row.Key == line.BuildKey && row.EnvironmentKey == key && row.State == BuildState.Ready)).ExecuteDeleteAsync(cancellationToken);
        await catalog.Builds.Where(row => row.EnvironmentKey == key && row.State == BuildState.Ready).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<bool> RemoveLayerAsync(CatalogContext catalog, string digest, long cutoff, CancellationToken cancellationToken)
    {
        // Who puts it here anew at this moment waits with its row until the bytes are gone, and then looks whether its own were taken with them.
        await using var transaction = await catalog.Database.BeginTransactionAsync(cancellationToken);
        if (await catalog.Layers.Where(row => row.Digest == digest && row.Used < cutoff && row.Made < cutoff).ExecuteDeleteAsync(cancellationToken) != 1)
            return false;
        await storage.RemoveAsync(Sha256Digest.Parse(digest), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Takes out an archive that no row tells of; a row of its own, which never stays, keeps others from writing theirs meanwhile.</summary>
    private async Task<bool> RemoveUnknownAsync(CatalogContext catalog, Sha256Digest digest, CancellationToken cancellationToken)
    {
        var hex = digest.ToString();
        await using var transaction = await catalog.Database.BeginTransactionAsync(cancellationToken);
        if (await catalog.Database.ExecuteSqlAsync($"INSERT INTO layers (digest, size, made, used) VALUES ({hex}, 0, 0, 0) ON CONFLICT (digest) DO NOTHING", cancellationToken) == 0)
            return false;
        await storage.RemoveAsync(digest, cancellationToken);
        await transaction.RollbackAsync(cancellationToken);
        return true;
    }

    /// <summary>Archives that no row tells of, and what interrupted writes left.</summary>
    private async Task<int> RemoveLeftoversAsync(
        CatalogContext catalog, Dictionary<string, StoredArchive> archives, Dictionary<string, StoredLayer> layers, long cutoff, bool isDry, CancellationToken cancellationToken)
    {
        var count = 0;
        var before = DateTimeOffset.FromUnixTimeMilliseconds(cutoff);
        foreach (var (digest, archive) in archives)
        {
            if (layers.ContainsKey(digest) || archive.Changed >= before)
                continue;
            if (isDry || await RemoveUnknownAsync(catalog, archive.Digest, cancellationToken))
                count++;
        }

        if (settings.Bucket is not null || !Directory.Exists(settings.LayersFolder))
            return count;
        foreach (var file in new DirectoryInfo(settings.LayersFolder).EnumerateFiles($"*{Unfinished}", SearchOption.AllDirectories))
        {
            if (file.LastWriteTimeUtc >= before.UtcDateTime)
                continue;
            if (!isDry)
                file.Delete();
            count++;
        }

        return count;
    }

    private async Task<long> PruneCachesAsync(CancellationToken cancellationToken)
    {
        if (settings.CacheBytes is not { } most)
            return 0;
        var freed = 0L;
        var work = Path.Combine(settings.Data, "work");
        foreach (var folder in (Directory.Exists(work) ? Directory.GetDirectories(work) : []).Append(settings.CacheFolder))
            freed += (await new Store(folder).PruneAsync(new() { MaxBytes = most }, cancellationToken)).FreedBytes;
        return freed;
    }
}
