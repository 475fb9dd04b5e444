using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>A file as an index or a folder offers it (PEP 503, 592, 658, 691, 700, 740).</summary>
public sealed class IndexFile
{
    // A page has thousands of files and few of them are fetched, so a page's file makes its address when it is asked for.
    private readonly Uri? _base;
    private readonly string _address = "";
    private readonly bool _addressEndsWithName;
    private Uri? _url;
    private Uri? _provenance;

    /// <summary>A file at <see cref="Url"/>.</summary>
    public IndexFile()
    {
    }

    /// <summary>A file at an address that is known to resolve against <paramref name="baseUrl"/>.</summary>
    /// <param name="fileName">The file's name.</param>
    /// <param name="baseUrl">The page's address, or its <c>base</c>; null where the address is absolute.</param>
    /// <param name="address">What the page says; without the file's name where it ends with that, spelt the same.</param>
    /// <param name="endsWithName">Whether the file's name was cut off.</param>
    [SetsRequiredMembers]
    internal IndexFile(string fileName, Uri? baseUrl, string address, bool endsWithName)
    {
        FileName = fileName;
        Url = null!;
        _base = baseUrl;
        _address = address;
        _addressEndsWithName = endsWithName;
    }

    /// <summary>The file's name, a wheel's or an sdist's.</summary>
    public required string FileName { get; init; }

    /// <summary>Where the file is, absolute; <c>file:</c> for a folder's.</summary>
    public required Uri Url
    {
        get => _url ??= _base is null ? new(FullAddress) : new(_base, FullAddress);
        init => _url = value;
    }

    /// <summary>
    /// What <see cref="Url"/> says, as text: without the cost of taking the address apart, for those who write down thousands.
    /// </summary>
    public string Address => _url is null && PlainAddress() is { } plain ? plain : Url.AbsoluteUri;

    /// <summary>The wheel's name taken apart, or null when this is no wheel.</summary>
    public WheelFileName? Wheel { get; init; }

    /// <summary>The sdist's name taken apart, or null when this is no sdist.</summary>
    public SdistFileName? Sdist { get; init; }

    /// <summary>The digest that the index promises, or null when it gives none.</summary>
    public Sha256Digest? Sha256 { get; init; }

    /// <summary>The Pythons that may use the file, or null when nothing is said or what is said cannot be read.</summary>
    public VersionSpecifiers? RequiresPython { get; init; }

    /// <summary>Whether <c>{url}.metadata</c> holds the core metadata.</summary>
    public bool HasCoreMetadata { get; init; }

    /// <summary>The digest of that metadata file, where the index gives it.</summary>
    public Sha256Digest? CoreMetadataSha256 { get; init; }

    /// <summary>Whether the file was yanked.</summary>
    public bool IsYanked { get; init; }

    /// <summary>Why it was yanked, where that was said.</summary>
    public string? YankedReason { get; init; }

    /// <summary>The size in bytes, where it is known.</summary>
    public long? Size { get; init; }

    /// <summary>When the file was published, where it is known.</summary>
    public DateTimeOffset? UploadTime { get; init; }

    /// <summary>Where the file's provenance is (PEP 740), if it has one.</summary>
    public Uri? Provenance
    {
        get => _provenance ??= ProvenanceAddress is null ? null : new(_base!, ProvenanceAddress);
        init => _provenance = value;
    }

    /// <summary>The distribution that the file's name states.</summary>
    public PackageName Name => Wheel?.Name ?? Sdist!.Name;

    /// <summary>The version that the file's name states.</summary>
    public PackageVersion Version => Wheel?.Version ?? Sdist!.Version;

    internal string? ProvenanceAddress { get; init; }

    private string FullAddress => _addressEndsWithName ? _address + FileName : _address;

    /// <summary>An address that is absolute, or climbs from the page's folder, and holds nothing else to resolve; else null.</summary>
    private string? PlainAddress()
    {
        var rest = _address.AsSpan();
        ReadOnlySpan<char> root = "";
        if (_base is not null && rest.StartsWith("../", StringComparison.Ordinal))
        {
            root = _base.GetLeftPart(UriPartial.Path);
            for (root = root[..(root.LastIndexOf('/') + 1)]; rest.StartsWith("../", StringComparison.Ordinal); rest = rest[3..])
                root = root[..(root[..^1].LastIndexOf('/') + 1)];
            if (root.Length < _base.GetLeftPart(UriPartial.Authority).Length + 1)
                return null;
        }
        else if (!rest.StartsWith("https://", StringComparison.Ordinal) && !rest.StartsWith("http://", StringComparison.Ordinal))
        {
            return null;
        }

        return rest.Contains("/.", StringComparison.Ordinal) || rest.StartsWith('.') || rest.ContainsAny('@', '\\', '#')
            ? null
            : string.Concat(root, rest, _addressEndsWithName ? FileName : "");
    }
}
