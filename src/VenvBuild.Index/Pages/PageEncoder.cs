using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// Writes a page in the form that <see cref="EncodedPage"/> reads: a head, the releases in order of version, one row of fixed length a
/// file, and the rows' texts. Nothing needs to be read of a release that nobody looks at.
/// </summary>
internal sealed class PageEncoder : IDisposable
{
    // Longer ones are no addresses that a server would take; their length must also fit its field.
    private const int MaxUrlLength = 16 * 1024;

    private readonly PooledBuffer _heap = new(64 * 1024);
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly List<string> _textList = [];
    private readonly Dictionary<VersionSpecifiers, int> _specifiers = new(ReferenceEqualityComparer.Instance);

    private PageEncoder()
    {
    }

    public static byte[] Encode(PageState state, IReadOnlyList<IndexFile> files)
    {
        using var encoder = new PageEncoder();
        return encoder.Write(state, files);
    }

    public void Dispose() => _heap.Dispose();

    private byte[] Write(PageState state, IReadOnlyList<IndexFile> files)
    {
        var ordered = new IndexFile[files.Count];
        var count = 0;
        foreach (var file in files)
        {
            if (file.Address.Length <= MaxUrlLength)
                ordered[count++] = file;
        }

        // Stable: files of one version keep the index's order.
        ordered = [.. ordered.Take(count).OrderBy(file => file.Version)];
        using var rows = new PooledBuffer(Math.Max(1, count * EncodedPage.RowLength));
        foreach (var file in ordered)
        {
            var row = rows.GetSpan(EncodedPage.RowLength)[..EncodedPage.RowLength];
            row.Clear();
            WriteRow(row, file);
            rows.Advance(EncodedPage.RowLength);
        }

        using var head = new PooledBuffer(16 * 1024);
        WriteState(head, state);
        WriteInt(head, _textList.Count);
        foreach (var text in _textList)
            WriteText(head, text);
        WriteReleases(head, ordered);
        WriteInt(head, count);

        var content = GC.AllocateUninitializedArray<byte>(head.Length + rows.Length + _heap.Length);
        head.Span.CopyTo(content);
        rows.Span.CopyTo(content.AsSpan(head.Length));
        _heap.Span.CopyTo(content.AsSpan(head.Length + rows.Length));
        return content;
    }

    private static void WriteState(PooledBuffer head, PageState state)
    {
        var fixedPart = head.GetSpan(EncodedPage.StateLength);
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart, state.Expires.UtcTicks);
        fixedPart[8] = state.IsAbsent ? (byte)1 : (byte)0;
        fixedPart[9] = (byte)state.Status;
        head.Advance(EncodedPage.StateLength);
        WriteText(head, state.ETag ?? "");
        WriteText(head, state.LastModified ?? "");
        WriteText(head, state.StatusReason ?? "");
    }

    private static void WriteReleases(PooledBuffer head, IndexFile[] ordered)
    {
        var starts = new List<int>();
        for (var i = 0; i < ordered.Length; i++)
        {
            if (i == 0 || !ordered[i].Version.Equals(ordered[i - 1].Version))
                starts.Add(i);
        }

        WriteInt(head, starts.Count);
        for (var i = 0; i < starts.Count; i++)
        {
            WriteText(head, ordered[starts[i]].Version.ToString());
            WriteInt(head, (i + 1 < starts.Count ? starts[i + 1] : ordered.Length) - starts[i]);
        }
    }

    private void WriteRow(Span<byte> row, IndexFile file)
    {
        var url = file.Address;
        if (url.Contains('@', StringComparison.Ordinal))
            url = ShownUrl.WithoutSecrets(file.Url).AbsoluteUri;
        var flags = RowFlags.None;
        var start = _heap.Length;
        var nameLength = Append(file.FileName);
        int prefix, middleLength;
        if (UrlShape.TryTakeApart(url, file.FileName, out var head, out var digest))
        {
            flags |= RowFlags.UrlOfDigest;
            prefix = TextOf(head);
            Append(digest);
            middleLength = 0;
        }
        else
        {
            var cut = url.AsSpan(0, url.IndexOfAny(['?', '#']) is var end and >= 0 ? end : url.Length).LastIndexOf('/') + 1;
            prefix = TextOf(url[..cut]);
            middleLength = Append(url.AsSpan(cut));
        }

        if (file.Sha256 is { } sha)
        {
            flags |= RowFlags.HasDigest;
            AppendDigest(sha);
        }

        if (file.CoreMetadataSha256 is { } metadata)
        {
            flags |= RowFlags.HasMetadataDigest;
            AppendDigest(metadata);
        }

        flags |= (file.Wheel is not null ? RowFlags.IsWheel : 0)
            | (file.HasCoreMetadata ? RowFlags.HasMetadata : 0)
            | (file.IsYanked ? RowFlags.IsYanked : 0);
        BinaryPrimitives.WriteInt32LittleEndian(row, start);
        BinaryPrimitives.WriteUInt16LittleEndian(row[4..], (ushort)nameLength);
        BinaryPrimitives.WriteUInt16LittleEndian(row[6..], (ushort)middleLength);
        BinaryPrimitives.WriteInt32LittleEndian(row[8..], (int)flags);
        BinaryPrimitives.WriteInt32LittleEndian(row[12..], prefix);
        BinaryPrimitives.WriteInt64LittleEndian(row[16..], file.Size ?? -1);
        BinaryPrimitives.WriteInt64LittleEndian(row[24..], file.UploadTime?.UtcTicks ?? EncodedPage.NoTime);
        BinaryPrimitives.WriteInt32LittleEndian(row[32..], TextOf(file.RequiresPython));
        BinaryPrimitives.WriteInt32LittleEndian(row[36..], TextOf(file.YankedReason));
        BinaryPrimitives.WriteInt32LittleEndian(row[40..], TextOf(file.Provenance is { } p ? ShownUrl.WithoutSecrets(p).AbsoluteUri : null));
    }

    /// <summary>The number of the specifiers' text; a page's files share few of them, and each is made once.</summary>
    private int TextOf(VersionSpecifiers? specifiers)
    {
        if (specifiers is null)
            return 0;
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_specifiers, specifiers, out var exists);
        if (!exists)
            number = TextOf(specifiers.ToString());
        return number;
    }

    /// <summary>The number of a text, from 1; 0 stands for none.</summary>
    private int TextOf(string? text)
    {
        if (text is null)
            return 0;
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_texts, text, out var exists);
        if (!exists)
        {
            _textList.Add(text);
            number = _textList.Count;
        }

        return number;
    }

    private int Append(ReadOnlySpan<char> text)
    {
        var span = _heap.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, span);
        _heap.Advance(length);
        return length;
    }

    private void Append(ReadOnlySpan<byte> bytes) => _heap.Write(bytes);

    private void AppendDigest(Sha256Digest digest)
    {
        digest.CopyTo(_heap.GetSpan(Sha256Digest.Size));
        _heap.Advance(Sha256Digest.Size);
    }

    private static void WriteInt(PooledBuffer writer, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(4), number);
        writer.Advance(4);
    }

    private static void WriteText(PooledBuffer writer, string text)
    {
        var span = writer.GetSpan(4 + Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, span[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(span, length);
        writer.Advance(4 + length);
    }
}
