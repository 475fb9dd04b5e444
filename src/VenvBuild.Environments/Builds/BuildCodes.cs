namespace VenvBuild.Environments;

/// <summary>The diagnostics of building wheels (PYENV167x).</summary>
internal static class BuildCodes
{
    /// <summary>An sdist is hostile or damaged.</summary>
    public const string SdistRefused = "PYENV1670";

    /// <summary>The source tree says in its pyproject.toml what cannot be meant.</summary>
    public const string BuildSystemFault = "PYENV1671";

    /// <summary>The requirements of a build cannot be had together.</summary>
    public const string RequirementsUnmet = "PYENV1672";

    /// <summary>The build failed, or took too long.</summary>
    public const string BuildFailed = "PYENV1673";

    /// <summary>The build made what it may not make: no wheel, or another distribution's.</summary>
    public const string WrongResult = "PYENV1674";

    /// <summary>Nothing on this machine keeps a build from the network and the home folder.</summary>
    public const string NoSandbox = "PYENV1675";

    /// <summary>Two builds of one source gave different wheels.</summary>
    public const string NotReproducible = "PYENV1676";

    /// <summary>What was built, for those who ask for detail.</summary>
    public const string Remark = "PYENV1679";
}
