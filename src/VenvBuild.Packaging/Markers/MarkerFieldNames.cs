namespace VenvBuild.Packaging;

/// <summary>How fields are spelt in markers.</summary>
internal static class MarkerFieldNames
{
    /// <summary>The field of a name, legacy spellings included; none for a name that is unknown.</summary>
    public static MarkerFields Find(ReadOnlySpan<char> name) => name switch
    {
        "os_name" or "os.name" => MarkerFields.OsName,
        "sys_platform" or "sys.platform" => MarkerFields.SysPlatform,
        "platform_system" => MarkerFields.PlatformSystem,
        "platform_machine" or "platform.machine" => MarkerFields.PlatformMachine,
        "platform_release" => MarkerFields.PlatformRelease,
        "platform_version" or "platform.version" => MarkerFields.PlatformVersion,
        "platform_python_implementation" or "platform.python_implementation" or "python_implementation" => MarkerFields.PlatformPythonImplementation,
        "implementation_name" => MarkerFields.ImplementationName,
        "implementation_version" => MarkerFields.ImplementationVersion,
        "python_version" => MarkerFields.PythonVersion,
        "python_full_version" => MarkerFields.PythonFullVersion,
        "extra" => MarkerFields.Extra,
        "extras" => MarkerFields.Extras,
        "dependency_groups" => MarkerFields.DependencyGroups,
        _ => MarkerFields.None,
    };

    /// <summary>The spelling of one field.</summary>
    public static string Of(MarkerFields field) => field switch
    {
        MarkerFields.OsName => "os_name",
        MarkerFields.SysPlatform => "sys_platform",
        MarkerFields.PlatformSystem => "platform_system",
        MarkerFields.PlatformMachine => "platform_machine",
        MarkerFields.PlatformRelease => "platform_release",
        MarkerFields.PlatformVersion => "platform_version",
        MarkerFields.PlatformPythonImplementation => "platform_python_implementation",
        MarkerFields.ImplementationName => "implementation_name",
        MarkerFields.ImplementationVersion => "implementation_version",
        MarkerFields.PythonVersion => "python_version",
        MarkerFields.PythonFullVersion => "python_full_version",
        MarkerFields.Extra => "extra",
        MarkerFields.Extras => "extras",
        MarkerFields.DependencyGroups => "dependency_groups",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "Not one field."),
    };
}
