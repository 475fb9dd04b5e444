namespace VenvBuild.Resolver;

/// <summary>Whether pre-releases may be taken (PEP 440, "Handling of pre-releases").</summary>
public enum PrereleaseMode
{
    /// <summary>Where a requirement names one, or where no final release fits.</summary>
    IfNecessary,

    /// <summary>As any other release.</summary>
    Allow,

    /// <summary>Never.</summary>
    Disallow,
}
