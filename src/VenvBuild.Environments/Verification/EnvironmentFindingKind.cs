namespace VenvBuild.Environments;

/// <summary>What is not as it was when an environment was installed.</summary>
public enum EnvironmentFindingKind
{
    /// <summary>A file or link is there that nothing brought.</summary>
    Added,

    /// <summary>A file has other bytes.</summary>
    Changed,

    /// <summary>A file is gone.</summary>
    Removed,

    /// <summary>A file may be run or written by others than before.</summary>
    Mode,

    /// <summary>A link leads elsewhere, or stands where a file was.</summary>
    Link,

    /// <summary>Nothing at hand says what a file should be.</summary>
    Unproven,
}
