namespace VenvBuild.Resolver;

/// <summary>What keeps a release from being offered.</summary>
public enum WithheldReason
{
    /// <summary>An index that comes earlier has the name.</summary>
    LaterIndex,

    /// <summary>The index is not asked for the name, because of the patterns of its own or of another index.</summary>
    NamePattern,

    /// <summary>It was published too late.</summary>
    TooNew,
}
