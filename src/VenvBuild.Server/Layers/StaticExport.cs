using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>
/// Writes what a server has as files that any file server or CDN can serve in its place: locks, finished environments and their layers, at the
/// paths at which the server answers. Files name what is in them; but for the signatures of an
/// environment they never change, and exporting again adds what is new.
/// </summary>
internal sealed class StaticExport(string folder, CatalogFactory catalogs, LayerShelf shelf)
{
    private readonly string _root = Path.GetFullPath(folder);

    /// <summary>Exports, and answers how many locks, environments and layers are there.</summary>
    /// <exception cref="DiagnosticException">A layer is missing, or the disk fails.</exception>
    public async Task<(int Locks, int Environments, int Layers)> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var locks = await WriteLocksAsync(cancellationToken);
            var (environments, layers) = await WriteEnvironmentsAsync(cancellationToken);
            var tree = new StaticTree { Format = 1, Locks = locks.ByRequests };
            // Last: who finds it finds all that it speaks of.
            await WriteAsync(StaticTree.Path, JsonSerializer.SerializeToUtf8Bytes(tree, RemoteJson.Default.StaticTree), isImmutable: false, cancellationToken);
            return (locks.Count, environments, layers);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                ServerCodes.Export, $"The tree '{_root}' cannot be written: {e.Message}", remedy: "See that there is room, and that this user may write there."), e);
        }
    }

    private async Task<(int Count, SortedDictionary<string, string> ByRequests)> WriteLocksAsync(CancellationToken cancellationToken)
    {
        var byRequests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var catalog = catalogs.Open();
        var count = 0;
        // The newest last: it is the one that answers.
        await foreach (var stored in catalog.Locks.AsNoTracking().OrderBy(row => row.Made).ThenBy(row => row.Digest).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            count++;
            await WriteAsync($"v1/locks/{stored.Digest}", stored.Content, isImmutable: true, cancellationToken);
            if (LockReader.Read(stored.Content, $"the lock {stored.Digest}", LockOrigin.Elsewhere).Document.Provenance?.RequestDigest is { } requests)
                byRequests[requests] = stored.Digest;
        }

        return (count, byRequests);
    }

    private async Task<(int Environments, int Layers)> WriteEnvironmentsAsync(CancellationToken cancellationToken)
    {
        var layers = new HashSet<Sha256Digest>();
        await using var catalog = catalogs.Open();
        var environments = await catalog.Environments.AsNoTracking().OrderBy(row => row.Key).ToListAsync(cancellationToken);
        foreach (var stored in environments)
        {
            var manifest = EnvironmentManifest.Read(stored.Manifest, "the database");
            foreach (var layer in manifest.Layers.Where(layer => layers.Add(layer.Digest)))
                await WriteLayerAsync(layer, cancellationToken);
            var status = StatusWriter.OfReady(stored.Manifest, stored.Signatures);
            // Only what a file can answer.
            status = status with { Links = status.Links.Where(link => link.Key is "self" or "lock" || (link.Key == "signatures" && stored.Signatures is not null)).ToDictionary(link => link.Key, link => link.Value) };
            if (stored.Signatures is { } signatures)
                await WriteNewAsync($"v1/environments/{stored.Key}{SignatureFile.Suffix}", signatures, cancellationToken);
            await WriteNewAsync($"v1/environments/{stored.Key}", StatusWriter.Write(status), cancellationToken);
        }

        return (environments.Count, layers.Count);
    }

    private async Task WriteLayerAsync(LayerReference layer, CancellationToken cancellationToken)
    {
        var path = $"v1/layers/{layer.Digest}";
        if (File.Exists(Path.Combine(_root, path)))
            return;
        await using var content = await shelf.OpenAsync(layer, cancellationToken) ?? throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
            ServerCodes.Export, $"The layer sha256:{layer.Digest} of {layer} is not in the store any more.",
            remedy: "'verify' says what else is missing; have the environment built again, and export anew."));
        await WriteAsync(path, file => content.Archive.CopyToAsync(file, cancellationToken));
    }

    /// <summary>Writes what stays the same but for the signatures, unless it is there.</summary>
    private async Task WriteNewAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        var whole = Path.Combine(_root, path);
        if (!File.Exists(whole) || !(await File.ReadAllBytesAsync(whole, cancellationToken)).AsSpan().SequenceEqual(content))
            await WriteAsync(path, file => file.WriteAsync(content, cancellationToken).AsTask());
    }

    private Task WriteAsync(string path, byte[] content, bool isImmutable, CancellationToken cancellationToken) =>
        isImmutable && File.Exists(Path.Combine(_root, path)) ? Task.CompletedTask : WriteAsync(path, file => file.WriteAsync(content, cancellationToken).AsTask());

    private async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var whole = Path.Combine(_root, path);
        var sibling = $"{whole}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        try
        {
            await using (var file = new FileStream(sibling, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                await write(file);
                await file.FlushAsync();
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(sibling, whole, overwrite: true);
        }
        finally
        {
            File.Delete(sibling);
        }
    }
}
