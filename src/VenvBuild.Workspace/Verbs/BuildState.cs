namespace VenvBuild.Workspace;

/// <summary>What became of one environment of a build.</summary>
public enum BuildState
{
    /// <summary>It was made now.</summary>
    Built,

    /// <summary>Everything was there already.</summary>
    Cached,

    /// <summary>It could not be made.</summary>
    Failed,

    /// <summary>The lock does not serve it, and need not.</summary>
    Skipped,
}
