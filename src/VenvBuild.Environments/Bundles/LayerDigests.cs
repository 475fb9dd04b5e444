using System.Globalization;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>The digests and sizes of the store's layers as archives, each computed once and kept below <c>archives/v2</c>, sealed.</summary>
public sealed class LayerDigests(string cacheFolder)
{
    /// <summary>The part of the store that they are in: a small file for each.</summary>
    internal const string Part = "archives";

    private const string Version = "v2";

    private readonly string _root = Path.Combine(Path.GetFullPath(cacheFolder), Part, Version);

    /// <summary>How environments name the layer.</summary>
    /// <exception cref="DiagnosticException">The layer is damaged, or the disk fails.</exception>
    public async Task<LayerReference> GetAsync(Layer layer, CancellationToken cancellationToken = default)
    {
        try
        {
            var path = PathOf(layer);
            if (await ReadAsync(path, cancellationToken).ConfigureAwait(false) is not var (digest, size))
            {
                (digest, size) = await LayerArchive.WriteTarAsync(layer, Stream.Null, cancellationToken).ConfigureAwait(false);
                await KeepAsync(path, digest, size, cancellationToken).ConfigureAwait(false);
            }

            return new()
            {
                Digest = digest,
                Size = size,
                Kind = layer.IsInterpreter ? LayerKind.Interpreter : layer.Bytecode is null ? LayerKind.Wheel : LayerKind.Bytecode,
                Wheel = WheelFileName.Parse(layer.FileName),
                WheelSha256 = layer.Digest,
            };
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }

    /// <summary>The digest of a layer, if it is known already.</summary>
    internal Sha256Digest? FindDigest(Layer layer)
    {
        try
        {
            return Parse(File.ReadAllBytes(PathOf(layer)))?.Digest;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return null;
        }
    }

    /// <summary>Whether a file of this part holds what such files hold; those of former versions are read no more.</summary>
    internal static bool IsWhole(string path)
    {
        try
        {
            return Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(path))) != Version || Parse(File.ReadAllBytes(path)) is not null;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
    }

    private static async Task<(Sha256Digest Digest, long Size)?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static (Sha256Digest Digest, long Size)? Parse(byte[] bytes) =>
        Encoding.ASCII.GetString(SealedFile.Open(bytes)).Split(' ') is [var hex, var number] && Sha256Digest.TryParse(hex, out var digest)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? (digest, size) : null;

    private static async Task KeepAsync(string path, Sha256Digest digest, long size, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var sibling = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            await File.WriteAllBytesAsync(sibling, SealedFile.ToBytes(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{digest} {size}"))), cancellationToken).ConfigureAwait(false);
            File.Move(sibling, path, overwrite: true);
        }
        finally
        {
            File.Delete(sibling);
        }
    }

    /// <summary>By the list's own digest: a layer that is laid out anew, or a store that was changed, is another one.</summary>
    private string PathOf(Layer layer)
    {
        var hex = Sha256Digest.Of(LayerManifest.ToBytes(layer)).ToString();
        return Path.Combine(_root, hex[..2], hex);
    }
}
