namespace VenvBuild.Workspace;

/// <summary>Whether pre-releases are taken (<c>prereleases</c>).</summary>
public enum PreReleasePolicy
{
    /// <summary>Only where a requirement names one, or no final version fits (PEP 440).</summary>
    IfNecessary,

    /// <summary>Like any other version.</summary>
    Allow,

    /// <summary>Never.</summary>
    Disallow,
}
