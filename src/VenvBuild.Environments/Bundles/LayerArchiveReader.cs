using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Unpacks one archive into a folder of staging. Nothing in the archive is interpreted but its list: every other byte must be the one
/// that the list implies, so links, devices, holes, records and names that a tar could have besides do not exist here.
/// </summary>
internal sealed class LayerArchiveReader(LayerReference asked, WheelLimits limits)
{
    private const int BufferSize = 128 << 10;

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Unpacks, and answers the layer in that folder; whoever asked makes it visible only then.</summary>
    /// <exception cref="DiagnosticException">The archive is not the one asked for.</exception>
    public async Task<Layer> UnpackAsync(Stream source, string folder, CancellationToken cancellationToken)
    {
        if (asked.Size is < 0 || asked.Size > limits.MaxUnpackedBytes + limits.MaxDirectoryBytes)
            throw LayerRefusal.Of(asked, $"it should have {asked.Size} bytes, which is more than is allowed");
        var archive = await ArchiveStream.OpenAsync(asked, source, cancellationToken).ConfigureAwait(false);
        await using (archive.ConfigureAwait(false))
        {
            var layer = await ReadListAsync(archive, folder, cancellationToken).ConfigureAwait(false);
            foreach (var file in layer.Files)
            {
                await ExpectAsync(archive, TarHeader.Of(LayerArchive.NameOf(file), file.Size, file.IsExecutable), LayerArchive.NameOf(file), cancellationToken).ConfigureAwait(false);
                await UnpackAsync(archive, layer, file, cancellationToken).ConfigureAwait(false);
                await ExpectAsync(archive, new byte[TarHeader.Padding(file.Size)], LayerArchive.NameOf(file), cancellationToken).ConfigureAwait(false);
            }

            await ExpectAsync(archive, new byte[TarHeader.EndSize], "its end", cancellationToken).ConfigureAwait(false);
            await archive.CheckEndAsync(cancellationToken).ConfigureAwait(false);
            // Last, as in every layer: a folder without it is none.
            LayerManifest.Write(layer, folder);
            return layer;
        }
    }

    private async Task<Layer> ReadListAsync(ArchiveStream archive, string folder, CancellationToken cancellationToken)
    {
        var header = new byte[TarHeader.BlockSize];
        await archive.ReadAsync(header, cancellationToken).ConfigureAwait(false);
        var size = TarHeader.SizeIn(header);
        if (size < 0 || size > limits.MaxDirectoryBytes || size > asked.Size || !header.AsSpan().SequenceEqual(TarHeader.Of(LayerManifest.FileName, size, isExecutable: false)))
            throw LayerRefusal.Of(asked, $"it does not begin with {LayerManifest.FileName}");
        var list = new byte[size];
        await archive.ReadAsync(list, cancellationToken).ConfigureAwait(false);
        await ExpectAsync(archive, new byte[TarHeader.Padding(size)], LayerManifest.FileName, cancellationToken).ConfigureAwait(false);
        var layer = LayerManifest.Read(list, folder) ?? throw LayerRefusal.Of(asked, $"its {LayerManifest.FileName} cannot be read");
        if (ReceivedLayerCheck.Objection(layer, asked, limits) is { } objection)
            throw LayerRefusal.Of(asked, objection);
        var contents = new LayerArchive.Contents(layer);
        if (!contents.List.AsSpan().SequenceEqual(list))
            throw LayerRefusal.Of(asked, $"its {LayerManifest.FileName} is not written as such a list is");
        return contents.Size == asked.Size ? layer : throw LayerRefusal.Of(asked, $"its files make {contents.Size} bytes, and it should have {asked.Size}");
    }

    private async Task UnpackAsync(ArchiveStream archive, Layer layer, LayerFile file, CancellationToken cancellationToken)
    {
        var path = layer.PathOf(file);
        var parent = Path.GetDirectoryName(path)!;
        if (_folders.Add(parent))
            Directory.CreateDirectory(parent);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var target = LayerUnpacker.Create(path, file.IsExecutable, file.Size);
        for (var left = file.Size; left > 0;)
        {
            var part = _buffer.AsMemory(0, (int)Math.Min(left, _buffer.Length));
            await archive.ReadAsync(part, cancellationToken).ConfigureAwait(false);
            hash.AppendData(part.Span);
            target.Write(part.Span);
            left -= part.Length;
        }

        if (Sha256Digest.FromBytes(hash.GetHashAndReset()) != file.Sha256)
            throw LayerRefusal.Of(asked, $"'{LayerArchive.NameOf(file)}' is not the file that its list names");
        File.SetLastWriteTimeUtc(target.SafeFileHandle, LayerUnpacker.Timestamp);
    }

    private async Task ExpectAsync(ArchiveStream archive, byte[] expected, string where, CancellationToken cancellationToken)
    {
        var read = _buffer.AsMemory(0, expected.Length);
        await archive.ReadAsync(read, cancellationToken).ConfigureAwait(false);
        if (!read.Span.SequenceEqual(expected))
            throw LayerRefusal.Of(asked, $"it is not as its list says at {where}");
    }
}
