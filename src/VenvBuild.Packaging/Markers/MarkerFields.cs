namespace VenvBuild.Packaging;

/// <summary>Names that a marker may ask about (PEP 508, "Environment Markers"; PEP 751 for the last two), as a set.</summary>
[Flags]
public enum MarkerFields
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>os_name</c></summary>
    OsName = 1,

    /// <summary><c>sys_platform</c></summary>
    SysPlatform = 1 << 1,

    /// <summary><c>platform_system</c></summary>
    PlatformSystem = 1 << 2,

    /// <summary><c>platform_machine</c></summary>
    PlatformMachine = 1 << 3,

    /// <summary><c>platform_release</c></summary>
    PlatformRelease = 1 << 4,

    /// <summary><c>platform_version</c></summary>
    PlatformVersion = 1 << 5,

    /// <summary><c>platform_python_implementation</c></summary>
    PlatformPythonImplementation = 1 << 6,

    /// <summary><c>implementation_name</c></summary>
    ImplementationName = 1 << 7,

    /// <summary><c>implementation_version</c></summary>
    ImplementationVersion = 1 << 8,

    /// <summary><c>python_version</c></summary>
    PythonVersion = 1 << 9,

    /// <summary><c>python_full_version</c></summary>
    PythonFullVersion = 1 << 10,

    /// <summary><c>extra</c>, in core metadata.</summary>
    Extra = 1 << 11,

    /// <summary><c>extras</c>, in lock files.</summary>
    Extras = 1 << 12,

    /// <summary><c>dependency_groups</c>, in lock files.</summary>
    DependencyGroups = 1 << 13,

    /// <summary>Those that a platform, an implementation and a Python minor decide between them.</summary>
    DecidedByPlatformAndMinor = OsName | SysPlatform | PlatformSystem | PlatformMachine | PlatformPythonImplementation | ImplementationName | PythonVersion,

    /// <summary>Those whose answer is a set of names.</summary>
    SetValued = Extras | DependencyGroups,
}
