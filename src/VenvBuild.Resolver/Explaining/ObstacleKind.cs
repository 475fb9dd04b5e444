namespace VenvBuild.Resolver;

/// <summary>What keeps a release from being used in an environment.</summary>
internal enum ObstacleKind
{
    /// <summary>It is a pre-release, and these are not allowed.</summary>
    PreRelease,

    /// <summary>It was asked for by an address, and not for this environment.</summary>
    OtherAddress,

    /// <summary>All its files were yanked.</summary>
    Yanked,

    /// <summary>It does not run on the environment's Python.</summary>
    Python,

    /// <summary>It has no wheel at all, and may not be built.</summary>
    SdistOnly,

    /// <summary>It has wheels, and none that fits.</summary>
    NoWheel,
}
