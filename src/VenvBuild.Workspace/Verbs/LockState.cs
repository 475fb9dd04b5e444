namespace VenvBuild.Workspace;

/// <summary>What was found of a lock, or done to it.</summary>
public enum LockState
{
    /// <summary>It answers the manifest's requests; nothing was written.</summary>
    UpToDate,

    /// <summary>It was written.</summary>
    Written,

    /// <summary>It does not answer the manifest's requests, and only a check was asked for.</summary>
    Stale,

    /// <summary>There is none, and only a check was asked for.</summary>
    Missing,
}
