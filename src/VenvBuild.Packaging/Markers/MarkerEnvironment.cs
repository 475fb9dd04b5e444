namespace VenvBuild.Packaging;

/// <summary>The values of one interpreter on one machine that markers ask for (PEP 508, "Environment Markers").</summary>
public sealed record MarkerEnvironment
{
    private readonly string _pythonFullVersion = "";
    private PackageVersion? _pythonVersionParsed, _pythonFullVersionParsed, _implementationVersionParsed;

    /// <summary><c>sys.implementation.name</c>, such as <c>cpython</c>.</summary>
    public required string ImplementationName { get; init; }

    /// <summary>The version of the implementation; that of Python itself for CPython.</summary>
    public required string ImplementationVersion { get; init; }

    /// <summary><c>os.name</c>: <c>posix</c> or <c>nt</c>.</summary>
    public required string OsName { get; init; }

    /// <summary><c>platform.machine()</c>, such as <c>x86_64</c>, <c>AMD64</c>, <c>arm64</c>.</summary>
    public required string PlatformMachine { get; init; }

    /// <summary><c>platform.release()</c>; empty where it is not known.</summary>
    public required string PlatformRelease { get; init; }

    /// <summary><c>platform.system()</c>: <c>Linux</c>, <c>Windows</c>, <c>Darwin</c> or another.</summary>
    public required string PlatformSystem { get; init; }

    /// <summary><c>platform.version()</c>; empty where it is not known.</summary>
    public required string PlatformVersion { get; init; }

    /// <summary>
    /// <c>platform.python_version()</c>, such as <c>3.12.4</c>. A build from between two tags reports <c>3.15.0+</c>, which is no
    /// version: it is kept as <c>3.15.0+local</c>.
    /// </summary>
    public required string PythonFullVersion
    {
        get => _pythonFullVersion;
        init => _pythonFullVersion = value.EndsWith('+') ? value + "local" : value;
    }

    /// <summary><c>platform.python_implementation()</c>, such as <c>CPython</c>.</summary>
    public required string PlatformPythonImplementation { get; init; }

    /// <summary>Major and minor of Python, such as <c>3.12</c>.</summary>
    public required string PythonVersion { get; init; }

    /// <summary><c>sys.platform</c>: <c>linux</c>, <c>win32</c>, <c>darwin</c> or another.</summary>
    public required string SysPlatform { get; init; }

    /// <inheritdoc/>
    public bool Equals(MarkerEnvironment? other) =>
        other is not null
        && Same(PythonFullVersion, other.PythonFullVersion) && Same(PythonVersion, other.PythonVersion)
        && Same(SysPlatform, other.SysPlatform) && Same(OsName, other.OsName)
        && Same(PlatformSystem, other.PlatformSystem) && Same(PlatformMachine, other.PlatformMachine)
        && Same(PlatformRelease, other.PlatformRelease) && Same(PlatformVersion, other.PlatformVersion)
        && Same(PlatformPythonImplementation, other.PlatformPythonImplementation)
        && Same(ImplementationName, other.ImplementationName) && Same(ImplementationVersion, other.ImplementationVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(PythonFullVersion, SysPlatform, PlatformMachine, ImplementationName, PlatformRelease);

    /// <summary>The text of one field that has a single value.</summary>
    internal string Text(MarkerFields field) => field switch
    {
        MarkerFields.OsName => OsName,
        MarkerFields.SysPlatform => SysPlatform,
        MarkerFields.PlatformSystem => PlatformSystem,
        MarkerFields.PlatformMachine => PlatformMachine,
        MarkerFields.PlatformRelease => PlatformRelease,
        MarkerFields.PlatformVersion => PlatformVersion,
        MarkerFields.PlatformPythonImplementation => PlatformPythonImplementation,
        MarkerFields.ImplementationName => ImplementationName,
        MarkerFields.ImplementationVersion => ImplementationVersion,
        MarkerFields.PythonVersion => PythonVersion,
        MarkerFields.PythonFullVersion => PythonFullVersion,
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "Not a field of the environment."),
    };

    /// <summary>The version that a field's text is, or null when it is none.</summary>
    internal PackageVersion? Version(MarkerFields field) => field switch
    {
        MarkerFields.PythonVersion => Parse(PythonVersion, ref _pythonVersionParsed),
        MarkerFields.PythonFullVersion => Parse(PythonFullVersion, ref _pythonFullVersionParsed),
        MarkerFields.ImplementationVersion => Parse(ImplementationVersion, ref _implementationVersionParsed),
        _ => PackageVersion.TryParse(Text(field), out var version) ? version : null,
    };

    // "with" copies the fields too, so what was parsed is used only while the text is the one it was parsed from.
    private static PackageVersion? Parse(string text, ref PackageVersion? parsed)
    {
        if (parsed is { } known && Same(known.ToString(), text))
            return known;
        if (!PackageVersion.TryParse(text, out var version))
            return null;
        parsed = version;
        return version;
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.Ordinal);
}
