namespace VenvBuild.Workspace;

/// <summary>What happens at a version of a range, in the order in which events of one version count.</summary>
internal enum AdvisoryEventKind
{
    /// <summary>From this version on, releases are affected.</summary>
    Introduced,

    /// <summary>From this version on, they are not.</summary>
    Fixed,

    /// <summary>After this version, they are not.</summary>
    LastAffected,

    /// <summary>The range says nothing of this version and later ones.</summary>
    Limit,
}
