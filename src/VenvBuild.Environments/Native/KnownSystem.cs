using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A system of which is known what every one of its kind has; of this machine, what its folders hold, too.</summary>
internal sealed class KnownSystem(Target target, bool isHere) : NativeSystem(target)
{
    /// <inheritdoc/>
    public override bool IsHere => isHere;

    /// <inheritdoc/>
    public override bool Has(string library) => Format switch
    {
        NativeFormat.Pe => KnownLibraries.IsOfWindows(library) || IsOfPython(library) || (isHere && File.Exists(Path.Combine(Environment.SystemDirectory, library))),
        // The system's own are in one file that the loader has (since macOS 11), and not to be seen in folders.
        NativeFormat.MachO => library.StartsWith("/usr/lib/", StringComparison.Ordinal) || library.StartsWith("/System/", StringComparison.Ordinal)
            || library.Contains("/Python.framework/", StringComparison.Ordinal) || (isHere && File.Exists(library)),
        _ => KnownLibraries.IsOfLinux(library, Target.Platform.FloorName == "musl")
            || library == FormattableString.Invariant($"libpython{Target.Python}{(Target.IsFreeThreaded ? "t" : "")}.so.1.0"),
    };

    /// <inheritdoc/>
    public override string? RemedyFor(IReadOnlyCollection<string> libraries) => Format switch
    {
        NativeFormat.Pe => libraries.Any(KnownLibraries.IsOfVisualCpp)
            ? "Install the Microsoft Visual C++ Redistributable there (winget install Microsoft.VCRedist.2015+.x64), or ask for msvc-runtime in pyenv.yaml." : null,
        NativeFormat.Elf => KnownLibraries.PackagesOf(libraries, isMusl: Target.Platform.FloorName == "musl", hasLargeTimes: false) is { Count: > 0 } packages
            ? Target.Platform.FloorName == "musl" ? $"On Alpine: apk add {string.Join(' ', packages)}." : $"On Debian and Ubuntu: apt-get install {string.Join(' ', packages)}." : null,
        _ => null,
    };

    /// <summary>What stands beside python.exe: Python itself and the runtime of the compiler that it is made with.</summary>
    private bool IsOfPython(string library)
    {
        var own = FormattableString.Invariant($"python{Target.Python.Major}{Target.Python.Minor}{(Target.IsFreeThreaded ? "t" : "")}.dll");
        return library.Equals(own, StringComparison.OrdinalIgnoreCase) || library.Equals("python3.dll", StringComparison.OrdinalIgnoreCase)
            || library.Equals("python3t.dll", StringComparison.OrdinalIgnoreCase) || library.Equals("vcruntime140.dll", StringComparison.OrdinalIgnoreCase)
            || library.Equals("vcruntime140_1.dll", StringComparison.OrdinalIgnoreCase);
    }
}
