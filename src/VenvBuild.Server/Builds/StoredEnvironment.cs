namespace VenvBuild.Server;

/// <summary>A finished environment's description: whoever reads it finds its layers. What lists and searches need of it stands beside it.</summary>
internal sealed class StoredEnvironment
{
    public required string Key { get; init; }

    /// <summary>The canonical bytes.</summary>
    public required byte[] Manifest { get; init; }

    public required long Made { get; init; }

    /// <summary>The envelopes that vouch for it, a line each; null for none.</summary>
    public byte[]? Signatures { get; set; }

    /// <summary>The runtime identifier; empty until what follows was read from the description.</summary>
    public string Platform { get; set; } = "";

    /// <summary>The minor, with <c>t</c> where it is free-threaded.</summary>
    public string Python { get; set; } = "";

    public string? LockDigest { get; set; }

    /// <summary>How many distributions it holds.</summary>
    public int Packages { get; set; }

    /// <summary>The size of its layers as unpacked archives, in bytes.</summary>
    public long Size { get; set; }

    /// <summary>When somebody last asked for it, to the minute.</summary>
    public long Used { get; init; }

    /// <summary>Whether it stays, whoever needs room.</summary>
    public bool IsPinned { get; init; }
}
