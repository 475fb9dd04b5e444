namespace VenvBuild.Index;

/// <summary>How large an answer may be, in bytes, packed and unpacked: well above what is real, well below what does harm.</summary>
internal sealed record SizeLimits
{
    public long Page { get; init; } = 64L << 20;

    public long Metadata { get; init; } = 16L << 20;

    public long Provenance { get; init; } = 4L << 20;

    /// <summary>What may be fetched of a wheel to find its metadata.</summary>
    public long WheelTail { get; init; } = 48L << 20;

    /// <summary>A wheel or an sdist that is fetched for its metadata alone.</summary>
    public long Archive { get; init; } = 4L << 30;

    /// <summary>What an sdist may unpack to on the way to its PKG-INFO.</summary>
    public long UnpackedSdist { get; init; } = 4L << 30;
}
