namespace VenvBuild.Environments;

/// <summary>One entry of a wheel, as directory and local header agree on it.</summary>
internal sealed class ZipEntry
{
    public required string Name { get; init; }

    public required byte[] RawName { get; init; }

    public required ushort Flags { get; init; }

    public required ushort Method { get; init; }

    public required uint Crc { get; init; }

    public required long CompressedSize { get; init; }

    public required long Size { get; init; }

    public required long HeaderOffset { get; init; }

    /// <summary>Whether any of the owner's, group's or others' execute bits is set.</summary>
    public required bool IsExecutable { get; init; }

    /// <summary>Where the packed bytes begin; known once the local header was read.</summary>
    public long DataOffset { get; set; }

    public bool IsDirectory => Name.EndsWith('/');
}
