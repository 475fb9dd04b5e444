namespace VenvBuild.Workspace;

/// <summary>Which index serves a name that several have (<c>index-strategy</c>).</summary>
public enum IndexStrategy
{
    /// <summary>The first in the manifest that has the name.</summary>
    FirstIndex,

    /// <summary>All of them: the best version wins.</summary>
    BestMatch,
}
