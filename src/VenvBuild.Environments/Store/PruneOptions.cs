namespace VenvBuild.Environments;

/// <summary>What may go from the store besides what interrupted runs left.</summary>
public sealed record PruneOptions
{
    /// <summary>Things that were not used for so long go; null keeps them however old.</summary>
    public TimeSpan? UnusedFor { get; init; }

    /// <summary>The least recently used things go until no more than so many bytes are left; null for no bound.</summary>
    public long? MaxBytes { get; init; }
}
