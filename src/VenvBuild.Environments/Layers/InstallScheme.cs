namespace VenvBuild.Environments;

/// <summary>Where a file of a wheel belongs (binary distribution format, "Installing a wheel"; sysconfig's schemes).</summary>
public enum InstallScheme
{
    /// <summary>Pure Python modules.</summary>
    Purelib,

    /// <summary>Modules for one platform.</summary>
    Platlib,

    /// <summary>Commands.</summary>
    Scripts,

    /// <summary>Anything below the environment's root.</summary>
    Data,

    /// <summary>C headers.</summary>
    Headers,
}
