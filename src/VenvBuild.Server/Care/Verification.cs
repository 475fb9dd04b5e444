using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using ZstdSharp;

namespace VenvBuild.Server;

/// <summary>
/// Reads all that is kept and holds it against what it is kept as: locks and layers by their digests, environments by their keys, rows by the
/// rows that they speak of. Repairing takes out what cannot be used, so that it is made anew.
/// </summary>
internal sealed class Verification(CatalogFactory catalogs, ILayerStorage storage)
{
    /// <summary>What is damaged.</summary>
    /// <param name="repairs">Whether it is taken out. Locks stay: nothing could make them again.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<IReadOnlyList<Damage>> RunAsync(bool repairs, CancellationToken cancellationToken)
    {
        var damages = new List<Damage>();
        await using var catalog = catalogs.Open();
        await LocksAsync(catalog, damages, cancellationToken);
        var whole = await LayersAsync(catalog, damages, repairs, cancellationToken);
        await EnvironmentsAsync(catalog, whole, damages, repairs, cancellationToken);
        await RowsAsync(catalog, damages, cancellationToken);
        return damages;
    }

    private static async Task LocksAsync(CatalogContext catalog, List<Damage> damages, CancellationToken cancellationToken)
    {
        await foreach (var stored in catalog.Locks.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var digest = Sha256Digest.Of(stored.Content).ToString();
            if (digest != stored.Digest)
            {
                damages.Add(new($"lock sha256:{stored.Digest}", $"has the bytes of sha256:{digest}"));
                continue;
            }

            try
            {
                LockReader.Read(stored.Content, "the lock", LockOrigin.Elsewhere);
            }
            catch (DiagnosticException e)
            {
                damages.Add(new($"lock sha256:{stored.Digest}", $"cannot be read: {e.Diagnostics[0].Message.TrimEnd('.')}"));
            }
        }
    }

    private async Task<HashSet<string>> LayersAsync(CatalogContext catalog, List<Damage> damages, bool repairs, CancellationToken cancellationToken)
    {
        var whole = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in await catalog.Layers.AsNoTracking().OrderBy(row => row.Digest).ToListAsync(cancellationToken))
        {
            if (await WrongAsync(row, cancellationToken) is not { } why)
            {
                whole.Add(row.Digest);
                continue;
            }

            damages.Add(new($"layer sha256:{row.Digest}", why));
            if (!repairs)
                continue;
            await catalog.Layers.Where(layer => layer.Digest == row.Digest).ExecuteDeleteAsync(cancellationToken);
            await storage.RemoveAsync(Sha256Digest.Parse(row.Digest), cancellationToken);
        }

        return whole;
    }

    private async Task<string?> WrongAsync(StoredLayer row, CancellationToken cancellationToken)
    {
        await using var packed = await storage.OpenAsync(Sha256Digest.Parse(row.Digest), cancellationToken);
        if (packed is null)
            return "has a row and no archive";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 << 10];
        var size = 0L;
        try
        {
            await using var unpacked = new DecompressionStream(packed);
            // No more than it should be: a bomb would not end.
            while (size <= row.Size && await unpacked.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                hash.AppendData(buffer.AsSpan(0, read));
                size += read;
            }
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException or IOException)
        {
            return "cannot be unpacked";
        }

        var digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        return size != row.Size ? $"has another size than its row says" : digest != row.Digest ? $"has the bytes of sha256:{digest}" : null;
    }

    private static async Task EnvironmentsAsync(CatalogContext catalog, HashSet<string> whole, List<Damage> damages, bool repairs, CancellationToken cancellationToken)
    {
        foreach (var row in await catalog.Environments.AsNoTracking().OrderBy(row => row.Key).ToListAsync(cancellationToken))
        {
            if (Wrong(row, whole) is not { } why)
                continue;
            damages.Add(new($"environment {row.Key}", why));
            if (repairs)
                await ForgetAsync(catalog, row.Key, cancellationToken);
        }
    }

    /// <summary>Takes an environment out, so that whoever asks for it has it made.</summary>
    public static async Task ForgetAsync(CatalogContext catalog, string key, CancellationToken cancellationToken)
    {
        await catalog.EnvironmentPackages.Where(package => package.EnvironmentKey == key).ExecuteDeleteAsync(cancellationToken);
        await catalog.Environments.Where(environment => environment.Key == key).ExecuteDeleteAsync(cancellationToken);
    }

    private static string? Wrong(StoredEnvironment row, HashSet<string> whole)
    {
        try
        {
            var manifest = EnvironmentManifest.Read(row.Manifest, "the description");
            if (manifest.Key.ToString() != row.Key)
                return $"describes {manifest.Key}";
            return manifest.Layers.FirstOrDefault(layer => !whole.Contains(layer.Digest.ToString())) is { } missing ? $"needs the layer sha256:{missing.Digest} ({missing}), which is not here whole" : null;
        }
        catch (DiagnosticException e)
        {
            return $"cannot be read: {e.Diagnostics[0].Message.TrimEnd('.')}";
        }
    }

    /// <summary>Rows that speak of what is not there; the database's own constraints keep most of them away.</summary>
    private static async Task RowsAsync(CatalogContext catalog, List<Damage> damages, CancellationToken cancellationToken)
    {
        foreach (var digest in await catalog.Answers.Where(row => !catalog.Locks.Any(stored => stored.Digest == row.LockDigest)).Select(row => row.LockDigest).Distinct().ToListAsync(cancellationToken))
            damages.Add(new("an answer", $"is the lock sha256:{digest}, which is not there"));
        foreach (var key in await catalog.Builds.Where(row => !catalog.Locks.Any(stored => stored.Digest == row.LockDigest)).Select(row => row.Key).ToListAsync(cancellationToken))
            damages.Add(new($"build {key}", "is of a lock that is not there"));
        foreach (var id in await catalog.Files.Where(row => !catalog.Releases.Any(release => release.Id == row.ReleaseId)).Select(row => row.Id).Take(100).ToListAsync(cancellationToken))
            damages.Add(new(FormattableString.Invariant($"file {id}"), "is of a release that is not there"));
        foreach (var id in await catalog.Dependencies.Where(row => !catalog.Releases.Any(release => release.Id == row.ReleaseId)).Select(row => row.Id).Take(100).ToListAsync(cancellationToken))
            damages.Add(new(FormattableString.Invariant($"dependency {id}"), "is of a release that is not there"));
    }
}
