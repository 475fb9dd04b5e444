using System.Formats.Tar;
using System.IO.Compression;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>Finds the PKG-INFO of an sdist in its archive (PEP 625, PEP 643).</summary>
internal static class SdistMetadata
{
    private const int MaxEntries = 1_000_000;

    /// <summary>Reads <c>NAME-VERSION/PKG-INFO</c>; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged or unpacks to more than is accepted.</exception>
    public static async ValueTask<byte[]?> ReadAsync(Stream archive, SdistFileName name, SizeLimits limits, CancellationToken cancellationToken) =>
        name.IsZip
            ? await ReadZipAsync(archive, limits, cancellationToken).ConfigureAwait(false)
            : await ReadTarAsync(archive, limits, cancellationToken).ConfigureAwait(false);

    private static async ValueTask<byte[]?> ReadTarAsync(Stream archive, SizeLimits limits, CancellationToken cancellationToken)
    {
        var unpacked = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
        await using (unpacked.ConfigureAwait(false))
        {
            var bounded = new LengthLimitStream(unpacked, limits.UnpackedSdist);
            var tar = new TarReader(bounded, leaveOpen: true);
            await using (tar.ConfigureAwait(false))
            {
                for (var count = 0; count < MaxEntries; count++)
                {
                    if (await tar.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is not { } entry)
                        return null;
                    if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && IsPkgInfo(entry.Name))
                        return entry.DataStream is { } data ? await BoundedRead.AllAsync(data, limits.Metadata, cancellationToken).ConfigureAwait(false) : [];
                }
            }
        }

        throw new InvalidDataException("the sdist has too many members");
    }

    private static async ValueTask<byte[]?> ReadZipAsync(Stream stream, SizeLimits limits, CancellationToken cancellationToken)
    {
        var archive = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken).ConfigureAwait(false);
        await using (archive.ConfigureAwait(false))
        {
            foreach (var entry in archive.Entries)
            {
                if (!IsPkgInfo(entry.FullName))
                    continue;
                var member = await entry.OpenAsync(cancellationToken).ConfigureAwait(false);
                await using (member.ConfigureAwait(false))
                {
                    return await BoundedRead.AllAsync(member, limits.Metadata, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return null;
    }

    /// <summary>In the one top-level folder, whose name older tools spelt as they liked.</summary>
    private static bool IsPkgInfo(string member)
    {
        var path = member.StartsWith("./", StringComparison.Ordinal) ? member.AsSpan(2) : member;
        return path.EndsWith("/PKG-INFO", StringComparison.Ordinal) && path.IndexOf('/') == path.Length - "/PKG-INFO".Length && path[0] != '.';
    }
}
