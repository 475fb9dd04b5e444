namespace VenvBuild.Environments;

/// <summary>How much a wheel may ask of the machine that unpacks it. The largest real wheels stay far below these bounds.</summary>
public sealed record WheelLimits
{
    /// <summary>The bounds used when nobody says otherwise.</summary>
    public static WheelLimits Default { get; } = new();

    /// <summary>Entries in the archive.</summary>
    public int MaxEntries { get; init; } = 250_000;

    /// <summary>Bytes of the archive's directory.</summary>
    public long MaxDirectoryBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of all files, unpacked.</summary>
    public long MaxUnpackedBytes { get; init; } = 16L << 30;

    /// <summary>Unpacked bytes per packed byte of one file, once it is larger than <see cref="RatioFreeBytes"/>.</summary>
    public int MaxRatio { get; init; } = 250;

    /// <summary>The unpacked size in bytes up to which a file may be packed as densely as it likes.</summary>
    public long RatioFreeBytes { get; init; } = 16L << 20;

    /// <summary>Folders above a file.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Bytes of an entry's name in UTF-8.</summary>
    public int MaxNameBytes { get; init; } = 1024;

    /// <summary>Bytes of RECORD, WHEEL, METADATA and entry_points.txt each.</summary>
    public int MaxMetadataBytes { get; init; } = 64 << 20;
}
