namespace VenvBuild.Server;

/// <summary>
/// An environment that was asked for, by its key: the exact question, how far it is, and who works on it. Whatever a worker writes is
/// guarded by <see cref="Attempt"/>, so that one which was overtaken writes nothing more.
/// </summary>
internal sealed class Build
{
    /// <summary>The environment's key; of one with checks, a digest of that key and the checks, so that checks of one caller fail for nobody else.</summary>
    public required string Key { get; init; }

    /// <summary>The key of the environment that is made; before it is, the build's own where wheels have to be built first.</summary>
    public required string EnvironmentKey { get; set; }

    /// <summary>The checks that must succeed before the environment is published, one a line; null for none.</summary>
    public string? Checks { get; init; }

    /// <summary>What the checks found, as JSON; null before they ran.</summary>
    public string? Findings { get; set; }

    public required string LockDigest { get; init; }

    /// <summary>With its floor.</summary>
    public required string Platform { get; init; }

    /// <summary>The full version.</summary>
    public required string Python { get; init; }

    /// <summary>The groups, one a line; null for the lock's default ones.</summary>
    public required string? Groups { get; init; }

    public required bool HasBytecode { get; init; }

    public required BuildState State { get; set; }

    /// <summary>The token of the attempt that may write, or null while nobody works.</summary>
    public string? Attempt { get; set; }

    /// <summary>How many attempts began; counted before the work, so that one which takes its worker down counts too.</summary>
    public int Attempts { get; set; }

    /// <summary>What it needs of a worker (<see cref="BuildNeed"/>); null where any will do.</summary>
    public string? Need { get; set; }

    public required long Asked { get; init; }

    /// <summary>Who asked first: what is made counts as stored for them.</summary>
    public string? AskedBy { get; init; }

    public required long Changed { get; set; }

    /// <summary>Why it failed, or failed the last time.</summary>
    public string? Reason { get; set; }

    /// <summary>Until when a failed one is not tried again.</summary>
    public long RestsUntil { get; set; }
}
