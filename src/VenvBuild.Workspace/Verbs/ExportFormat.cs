namespace VenvBuild.Workspace;

/// <summary>What a lock is written as for others.</summary>
public enum ExportFormat
{
    /// <summary>Requirements with digests, as pip and uv read them.</summary>
    Requirements,

    /// <summary>A lock file (PEP 751) for one target or some groups.</summary>
    Pylock,

    /// <summary>A bill of materials, CycloneDX 1.6 in JSON.</summary>
    CycloneDx,

    /// <summary>A bill of materials, SPDX 2.3 in JSON.</summary>
    Spdx,
}
