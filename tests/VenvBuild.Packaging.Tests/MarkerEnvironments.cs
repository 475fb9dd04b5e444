namespace VenvBuild.Packaging.Tests;

/// <summary>Environments that tests ask markers in.</summary>
internal static class MarkerEnvironments
{
    public static readonly MarkerEnvironment Linux = new()
    {
        ImplementationName = "cpython",
        ImplementationVersion = "3.12.0",
        OsName = "posix",
        PlatformMachine = "x86_64",
        PlatformRelease = "6.1",
        PlatformSystem = "Linux",
        PlatformVersion = "#1",
        PythonFullVersion = "3.12.0",
        PlatformPythonImplementation = "CPython",
        PythonVersion = "3.12",
        SysPlatform = "linux",
    };

    public static readonly MarkerEnvironment Windows = Linux with
    {
        OsName = "nt",
        SysPlatform = "win32",
        PlatformSystem = "Windows",
        PlatformMachine = "AMD64",
        PlatformRelease = "10",
    };

    public static readonly MarkerEnvironment MacOS = Linux with
    {
        SysPlatform = "darwin",
        PlatformSystem = "Darwin",
        PlatformMachine = "arm64",
        PlatformRelease = "23.1.0",
    };

    public static MarkerEnvironment WithPython(this MarkerEnvironment environment, string fullVersion)
    {
        var parts = fullVersion.Split('.');
        return environment with { PythonFullVersion = fullVersion, PythonVersion = $"{parts[0]}.{parts[1]}", ImplementationVersion = fullVersion };
    }

    public static HashSet<ExtraName> Names(params IEnumerable<string> names) => [.. names.Select(ExtraName.Parse)];
}
