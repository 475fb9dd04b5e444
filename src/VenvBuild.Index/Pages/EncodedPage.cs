using System.Buffers.Binary;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// A page as the cache holds it. Loading reads the head and the versions; the files of a release are read when somebody looks at them, by
/// any thread. The content was written by <see cref="PageEncoder"/> and proven whole by its checksum.
/// </summary>
internal sealed class EncodedPage
{
    public const int StateLength = 10;
    public const int RowLength = 44;
    public const long NoTime = long.MinValue;

    private readonly byte[] _content;
    private readonly int _rows, _heap;
    private readonly string[] _texts;
    private readonly VersionSpecifiers?[] _specifiers;

    private EncodedPage(byte[] content, int start)
    {
        _content = content;
        var reader = new Reader(content, start + StateLength);
        State = new()
        {
            Expires = new(BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(start)), TimeSpan.Zero),
            IsAbsent = content[start + 8] != 0,
            ETag = reader.OptionalText(),
            LastModified = reader.OptionalText(),
            Status = (ProjectStatus)content[start + 9],
            StatusReason = reader.OptionalText(),
        };
        _texts = new string[reader.Count(4)];
        for (var i = 0; i < _texts.Length; i++)
            _texts[i] = reader.Text();
        _specifiers = new VersionSpecifiers?[_texts.Length];

        Versions = new PackageVersion[reader.Count(8)];
        FirstFiles = new int[Versions.Length + 1];
        for (var i = 0; i < Versions.Length; i++)
        {
            Versions[i] = reader.Version();
            FirstFiles[i + 1] = FirstFiles[i] + reader.Int();
        }

        FileCount = reader.Count(RowLength);
        if (FileCount != FirstFiles[^1])
            throw new InvalidDataException("The releases of a cached page do not add up.");
        _rows = reader.At;
        _heap = _rows + FileCount * RowLength;
    }

    public PageState State { get; }

    /// <summary>The versions, ascending, each once.</summary>
    public PackageVersion[] Versions { get; }

    /// <summary>For each version the number of its first file, and at the end the count of files.</summary>
    public int[] FirstFiles { get; }

    public int FileCount { get; }

    /// <summary>Loads what <see cref="PageEncoder"/> wrote, which begins at <paramref name="start"/>; null when it cannot be.</summary>
    public static EncodedPage? Load(byte[] content, int start)
    {
        try
        {
            return new(content, start);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The same content, good until another time.</summary>
    public static byte[] WithExpiry(ReadOnlySpan<byte> content, DateTimeOffset expires)
    {
        var renewed = content.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(renewed, expires.UtcTicks);
        return renewed;
    }

    public bool IsWheel(int file) => (Flags(file) & RowFlags.IsWheel) != 0;

    /// <summary>When a file was published, in UTC ticks, or <see cref="NoTime"/>.</summary>
    public long UploadTicks(int file) => BinaryPrimitives.ReadInt64LittleEndian(Row(file)[24..]);

    /// <summary>The file's name alone, for those who look for one.</summary>
    public string FileName(int file)
    {
        var row = Row(file);
        return Encoding.UTF8.GetString(_content.AsSpan(_heap + BinaryPrimitives.ReadInt32LittleEndian(row), BinaryPrimitives.ReadUInt16LittleEndian(row[4..])));
    }

    /// <summary>Reads a file's row.</summary>
    public IndexFile File(int file)
    {
        var row = Row(file);
        var flags = Flags(file);
        var heap = _content.AsSpan(_heap + BinaryPrimitives.ReadInt32LittleEndian(row));
        var name = Take(ref heap, BinaryPrimitives.ReadUInt16LittleEndian(row[4..]));
        var prefix = _texts[BinaryPrimitives.ReadInt32LittleEndian(row[12..]) - 1];
        string url;
        if ((flags & RowFlags.UrlOfDigest) != 0)
        {
            url = UrlShape.PutTogether(prefix, heap[..UrlShape.DigestLength], name);
            heap = heap[UrlShape.DigestLength..];
        }
        else
        {
            url = prefix + Take(ref heap, BinaryPrimitives.ReadUInt16LittleEndian(row[6..]));
        }

        var size = BinaryPrimitives.ReadInt64LittleEndian(row[16..]);
        var upload = BinaryPrimitives.ReadInt64LittleEndian(row[24..]);
        WheelFileName? wheel = null;
        SdistFileName? sdist = null;
        if ((flags & RowFlags.IsWheel) != 0)
            wheel = WheelFileName.Parse(name);
        else
            sdist = Sdist(name, file);
        return new(name, null, url, endsWithName: false)
        {
            Wheel = wheel,
            Sdist = sdist,
            Sha256 = (flags & RowFlags.HasDigest) != 0 ? TakeDigest(ref heap) : null,
            HasCoreMetadata = (flags & RowFlags.HasMetadata) != 0,
            CoreMetadataSha256 = (flags & RowFlags.HasMetadataDigest) != 0 ? TakeDigest(ref heap) : null,
            IsYanked = (flags & RowFlags.IsYanked) != 0,
            YankedReason = OptionalText(row[36..]),
            RequiresPython = Specifiers(BinaryPrimitives.ReadInt32LittleEndian(row[32..])),
            Size = size < 0 ? null : size,
            UploadTime = upload == NoTime ? null : new DateTimeOffset(upload, TimeSpan.Zero),
            Provenance = OptionalText(row[40..]) is { } provenance ? new Uri(provenance) : null,
        };
    }

    private RowFlags Flags(int file) => (RowFlags)BinaryPrimitives.ReadInt32LittleEndian(Row(file)[8..]);

    private ReadOnlySpan<byte> Row(int file) => _content.AsSpan(_rows + file * RowLength, RowLength);

    private string? OptionalText(ReadOnlySpan<byte> field) => BinaryPrimitives.ReadInt32LittleEndian(field) is var number and > 0 ? _texts[number - 1] : null;

    private VersionSpecifiers? Specifiers(int number)
    {
        if (number == 0)
            return null;
        // Two threads may both parse; either result will do.
        return _specifiers[number - 1] ??= VersionSpecifiers.Parse(_texts[number - 1]);
    }

    private SdistFileName Sdist(string name, int file)
    {
        // Old versions hold dashes; of the places where the name may end, the one that gives this version is right.
        if (SdistFileName.TryParse(name, out var sdist) && sdist.Version.Equals(VersionOf(file)))
            return sdist;
        for (var dash = name.LastIndexOf('-'); dash > 0; dash = name.LastIndexOf('-', dash - 1))
        {
            if (PackageName.TryParse(name.AsSpan(0, dash), out var project)
                && SdistFileName.TryParse(name, project, out sdist) && sdist.Version.Equals(VersionOf(file)))
            {
                return sdist;
            }
        }

        throw new InvalidOperationException($"A page was cached with the file '{name}', which is no sdist.");
    }

    private PackageVersion VersionOf(int file)
    {
        var release = Array.BinarySearch(FirstFiles, file);
        return Versions[release >= 0 ? release : ~release - 1];
    }

    private static string Take(ref Span<byte> heap, int length)
    {
        var text = Encoding.UTF8.GetString(heap[..length]);
        heap = heap[length..];
        return text;
    }

    private static Sha256Digest TakeDigest(ref Span<byte> heap)
    {
        var digest = Sha256Digest.FromBytes(heap[..Sha256Digest.Size]);
        heap = heap[Sha256Digest.Size..];
        return digest;
    }

    private ref struct Reader(byte[] content, int at)
    {
        public int At { get; private set; } = at;

        public int Int()
        {
            var number = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(At));
            At += 4;
            return number;
        }

        /// <summary>A count of things that have at least <paramref name="unit"/> bytes each in what follows.</summary>
        public int Count(int unit)
        {
            var count = Int();
            return (uint)count <= (content.Length - At) / unit ? count : throw new InvalidDataException("A count in a cached page is too large.");
        }

        public string Text()
        {
            var length = Int();
            var text = Encoding.UTF8.GetString(content.AsSpan(At, length));
            At += length;
            return text;
        }

        public string? OptionalText() => Text() is { Length: > 0 } text ? text : null;

        public PackageVersion Version()
        {
            var length = Int();
            Span<char> text = length <= 256 ? stackalloc char[length] : new char[length];
            Encoding.Latin1.GetChars(content.AsSpan(At, length), text);
            At += length;
            return PackageVersion.TryParse(text, out var version) ? version : throw new InvalidDataException("A version in a cached page cannot be read.");
        }
    }
}
