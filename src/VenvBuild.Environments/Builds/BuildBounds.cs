namespace VenvBuild.Environments;

/// <summary>What the build of a stranger's source may use of a machine, all of its processes together.</summary>
public sealed record BuildBounds
{
    /// <summary>The memory in bytes.</summary>
    public long MemoryBytes { get; init; } = 2L << 30;

    /// <summary>The disk in bytes.</summary>
    public long DiskBytes { get; init; } = 2L << 30;

    /// <summary>What it may say, in bytes.</summary>
    public long OutputBytes { get; init; } = 16L << 20;

    /// <summary>How many processes and threads there may be at once.</summary>
    public int Tasks { get; init; } = 512;
}
