using System.Runtime.CompilerServices;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Archives as files below a folder, <c>ab/abcd....tar.zst</c>, each written beside its place and moved there.</summary>
internal sealed class FolderStorage(string root) : ILayerStorage
{
    public string Name => root;

    /// <summary>Where the archive of a layer is or would be.</summary>
    public string PathOf(Sha256Digest digest) => Path.Combine(root, LayerFolder.PlaceOf(digest));

    public Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(root);
            return Task.CompletedTask;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                ServerCodes.Storage, $"The layers' folder '{root}' cannot be used: {e.Message}", remedy: $"Name a folder that this user may write with {ServerSettings.Section}:Data."), e);
        }
    }

    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<Sha256Digest> digests, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<Sha256Digest>>(digests.Where(digest => File.Exists(PathOf(digest))).ToHashSet());

    public Task<Stream?> OpenAsync(Sha256Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(
                PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public async Task<T> AddAsync<T>(Sha256Digest digest, Func<Stream, Task<T>> write, CancellationToken cancellationToken)
    {
        var path = PathOf(digest);
        var sibling = $"{path}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            T written;
            await using (var file = new FileStream(sibling, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                written = await write(file);
                await file.FlushAsync(cancellationToken);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(sibling, path, overwrite: true);
            return written;
        }
        finally
        {
            File.Delete(sibling);
        }
    }

    public Task RemoveAsync(Sha256Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            File.Delete(PathOf(digest));
        }
        catch (DirectoryNotFoundException)
        {
            // Nor is it in it.
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredArchive> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
            yield break;
        foreach (var file in new DirectoryInfo(root).EnumerateFiles($"*{LayerArchive.FileSuffix}", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Sha256Digest.TryParse(file.Name.AsSpan(0, file.Name.Length - LayerArchive.FileSuffix.Length), out var digest))
                yield return new(digest, file.Length, file.LastWriteTimeUtc);
        }

        await Task.CompletedTask;
    }

    public Task<Uri?> LinkAsync(Sha256Digest digest, bool isHead) => Task.FromResult<Uri?>(null);
}
