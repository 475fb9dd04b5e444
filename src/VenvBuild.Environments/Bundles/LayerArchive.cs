using System.Buffers;
using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// A layer as one stream, in which it travels: a tar whose first entry is the layer's list <c>layer.json</c> and whose other entries
/// are the listed files, <c>scheme/path</c>, in the list's order. There is exactly one such tar for a layer, on every machine, and its
/// SHA-256 is the layer's digest. It travels compressed (zstd, RFC 8878), which the digest does not depend on.
/// </summary>
public static class LayerArchive
{
    /// <summary>What follows the digest in the name of an archive's file.</summary>
    public const string FileSuffix = ".tar.zst";

    private const int BufferSize = 128 << 10;

    /// <summary>The size of the uncompressed archive in bytes.</summary>
    public static long SizeOf(Layer layer) => new Contents(layer).Size;

    /// <summary>Writes the archive, compressed with zstd, and answers its digest and the uncompressed size.</summary>
    /// <exception cref="DiagnosticException">A file of the layer is not what the layer lists: the store is damaged.</exception>
    public static Task<(Sha256Digest Digest, long Size)> WriteAsync(Layer layer, Stream destination, CancellationToken cancellationToken = default) =>
        WriteAsync(layer, destination, LayerDensity.Quick, cancellationToken);

    /// <summary>Writes the archive, made as small as is worth it.</summary>
    internal static async Task<(Sha256Digest Digest, long Size)> WriteAsync(Layer layer, Stream destination, LayerDensity density, CancellationToken cancellationToken)
    {
        var compressor = LayerCompression.Compress(destination, SizeOf(layer), density);
        await using (compressor.ConfigureAwait(false))
            return await WriteTarAsync(layer, compressor, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the archive uncompressed, and answers its digest and size. Into <see cref="Stream.Null"/>, it only computes them.</summary>
    /// <exception cref="DiagnosticException">A file of the layer is not what the layer lists: the store is damaged.</exception>
    public static async Task<(Sha256Digest Digest, long Size)> WriteTarAsync(Layer layer, Stream destination, CancellationToken cancellationToken = default)
    {
        var contents = new Contents(layer);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var fileHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await PutAsync(TarHeader.Of(LayerManifest.FileName, contents.List.Length, isExecutable: false)).ConfigureAwait(false);
            await PutAsync(contents.List).ConfigureAwait(false);
            await PutAsync(new byte[TarHeader.Padding(contents.List.Length)]).ConfigureAwait(false);
            foreach (var file in layer.Files)
            {
                await PutAsync(TarHeader.Of(NameOf(file), file.Size, file.IsExecutable)).ConfigureAwait(false);
                await PutFileAsync(file).ConfigureAwait(false);
                await PutAsync(new byte[TarHeader.Padding(file.Size)]).ConfigureAwait(false);
            }

            await PutAsync(new byte[TarHeader.EndSize]).ConfigureAwait(false);
            return (Sha256Digest.FromBytes(hash.GetHashAndReset()), contents.Size);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(layer, e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        async ValueTask PutAsync(ReadOnlyMemory<byte> bytes)
        {
            hash.AppendData(bytes.Span);
            await destination.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        async ValueTask PutFileAsync(LayerFile file)
        {
            using var source = File.OpenHandle(layer.PathOf(file), options: FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(source);
            for (var offset = 0L; length == file.Size && offset < length;)
            {
                var read = RandomAccess.Read(source, buffer, offset);
                if (read == 0 || (offset += read) > length)
                    break;
                fileHash.AppendData(buffer, 0, read);
                await PutAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
            }

            // A hash that was not reset would go on into the next file; it is always taken.
            var digest = Sha256Digest.FromBytes(fileHash.GetHashAndReset());
            if (digest != file.Sha256)
                throw Damaged(layer, $"'{file.Path}' was changed");
        }
    }

    /// <summary>Reads an archive, compressed or not, to its end, and holds it against its digest and size. Nothing is unpacked.</summary>
    /// <exception cref="DiagnosticException">It is not the layer's.</exception>
    public static async Task CheckAsync(LayerReference layer, Stream archive, CancellationToken cancellationToken = default)
    {
        var tar = await ArchiveStream.OpenAsync(layer, archive, cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using (tar.ConfigureAwait(false))
            {
                for (var left = layer.Size; left > 0;)
                {
                    var part = (int)Math.Min(left, BufferSize);
                    await tar.ReadAsync(buffer.AsMemory(0, part), cancellationToken).ConfigureAwait(false);
                    left -= part;
                }

                await tar.CheckEndAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static string NameOf(LayerFile file) => $"{Layer.FolderOf(file.Scheme)}/{file.Path}";

    private static DiagnosticException Damaged(Layer layer, string why) => new(ExitCode.Integrity, Diagnostic.Error(
        EnvironmentCodes.LayerDamaged, $"The store's copy of {layer.FileName} is damaged: {why}.",
        remedy: "Take it out with dotnet pyenv cache verify --fix; the next run makes it again."));

    /// <summary>The list of a layer as it stands in the archive, and the size that the archive has.</summary>
    internal sealed class Contents
    {
        public Contents(Layer layer)
        {
            List = LayerManifest.ToBytes(layer);
            Size = SizeIn(LayerManifest.FileName, List.Length, false) + TarHeader.EndSize;
            foreach (var file in layer.Files)
                Size += SizeIn(NameOf(file), file.Size, file.IsExecutable);
        }

        public byte[] List { get; }

        public long Size { get; }

        private static long SizeIn(string name, long size, bool isExecutable) => TarHeader.Of(name, size, isExecutable).Length + size + TarHeader.Padding(size);
    }
}
