namespace VenvBuild.Packaging.Tests;

/// <summary>Random markers, and the environments that can tell them apart.</summary>
internal static class MarkerSamples
{
    private static readonly Gen<string> Order = Gen.OneOf("==", "!=", "<", "<=", ">", ">=");
    private static readonly Gen<string> Equality = Gen.OneOf("==", "!=");
    private static readonly Gen<string> Membership = Gen.OneOf("in", "not in");

    /// <summary>Every value that a listed comparison can tell from another, so that what no environment here refutes is true.</summary>
    private static readonly string[] Pythons =
    [
        "2.7.18", "3.0.0", "3.1.5", "3.7.9", "3.8.0a1", "3.8.0", "3.8.5", "3.9.0a0", "3.9.0rc1", "3.9.0", "3.9.1", "3.9.2",
        "3.10.0a1", "3.10.0rc1", "3.10.0rc2", "3.10.0", "3.10.7", "3.11.0a1", "3.11.4", "4.0.0a1", "4.0.0", "4.2.1",
    ];

    /// <summary>The platforms whose fields go together, and every combination of fields that nothing rules out.</summary>
    private static readonly (string SysPlatform, string OsName, string PlatformSystem)[] Platforms =
    [
        ("linux", "posix", "Linux"), ("win32", "nt", "Windows"), ("darwin", "posix", "Darwin"), ("cygwin", "posix", "CYGWIN_NT-10.0"),
        .. from name in (string[])["cygwin", "freebsd14", "other"]
           from os in name == "cygwin" ? (string[])["posix"] : ["posix", "java", "other"]
           from system in (string[])["Java", "FreeBSD", "Other"]
           select (name, os, system),
    ];

    private static readonly (string Name, string Label)[] Implementations =
        [("cpython", "CPython"), ("pypy", "PyPy"), ("graalpy", "GraalVM"), ("other", "GraalVM"), ("graalpy", "Other"), ("other", "Other")];

    /// <summary>Comparisons whose answers the sets know completely.</summary>
    public static readonly Gen<string> Decidable = Gen.OneOf<string>(
        Gen.Select(Gen.OneOf("python_version", "python_full_version"), Order, Gen.OneOf("3.8", "3.9", "3.9.1", "3.10.0rc1", "3.10", "3.10.0", "4"),
            (field, op, version) => $"{field} {op} '{version}'"),
        Gen.Select(Order, Gen.OneOf("3.8", "3.9", "3.9.1", "3.10"), (op, version) => $"'{version}' {op} python_version"),
        Gen.Select(Order, Gen.OneOf("3.9.1", "3.10.0", "3.10.0rc1"), (op, version) => $"'{version}' {op} python_full_version"),
        Gen.OneOf("python_version == '3.*'", "python_version ~= '3.9'", "python_version in '3.8 3.10'", "python_version not in '3.9'",
            "python_full_version ~= '3.9.1'", "python_full_version != '3.9.*'", "python_version === '3.9'", "python_version <= 'x'"),
        Gen.Select(Equality, Gen.OneOf("linux", "win32", "darwin", "cygwin", "freebsd14"), (op, value) => $"sys_platform {op} '{value}'"),
        Gen.Select(Equality, Gen.OneOf("posix", "nt", "java"), (op, value) => $"os_name {op} '{value}'"),
        Gen.Select(Equality, Gen.OneOf("Linux", "Windows", "Darwin", "Java", "FreeBSD"), (op, value) => $"platform_system {op} '{value}'"),
        Gen.Select(Equality, Gen.OneOf("x86_64", "arm64"), (op, value) => $"platform_machine {op} '{value}'"),
        Gen.Select(Equality, Gen.OneOf("cpython", "pypy", "graalpy"), (op, value) => $"'{value}' {op} implementation_name"),
        Gen.Select(Equality, Gen.OneOf("CPython", "PyPy", "GraalVM"), (op, value) => $"platform_python_implementation {op} '{value}'"),
        Gen.Select(Equality, Gen.OneOf("a", "b"), (op, value) => $"extra {op} '{value}'"));

    /// <summary>Comparisons of every kind that a marker can exclude.</summary>
    public static readonly Gen<string> Any = Gen.OneOf<string>(
        Decidable,
        Gen.Select(Order, Gen.OneOf("7.3.17", "3.9", "3.10.0"), (op, version) => $"implementation_version {op} '{version}'"),
        Gen.Select(Gen.OneOf("3.8", "3", "3.9.1"), Membership, Gen.OneOf("python_version", "python_full_version"), (text, op, field) => $"'{text}' {op} {field}"),
        Gen.Select(Membership, Gen.OneOf("linux darwin", "win32"), (op, text) => $"sys_platform {op} '{text}'"),
        Gen.Select(Gen.OneOf("win", "linux", "bsd"), Membership, (text, op) => $"'{text}' {op} sys_platform"),
        Gen.Select(Membership, Gen.OneOf("x86_64 AMD64"), (op, text) => $"platform_machine {op} '{text}'"),
        Gen.Select(Membership, Gen.OneOf("posix", "nt java"), (op, text) => $"os_name {op} '{text}'"),
        Gen.Select(Gen.OneOf("Py", "C"), Membership, (text, op) => $"'{text}' {op} platform_python_implementation"),
        Gen.Select(Equality, Gen.OneOf("6.1", "x"), (op, value) => $"platform_release {op} '{value}'"),
        Gen.Select(Membership, Gen.OneOf("#1 SMP"), (op, text) => $"platform_version {op} '{text}'"),
        Gen.Select(Gen.OneOf("a", "b"), Membership, Gen.OneOf("extras", "dependency_groups"), (name, op, field) => $"'{name}' {op} {field}"));

    /// <summary>Environments in which fields agree as they do on real machines.</summary>
    public static readonly Gen<MarkerEnvironment> Environment = Gen.Select(
        Gen.OneOf(Pythons), Gen.OneOf(Platforms), Gen.OneOf(Implementations), Gen.OneOf("x86_64", "AMD64", "arm64", "i686"), Gen.OneOf("6.1", "6.8.0-100-generic", ""),
        (python, platform, implementation, machine, release) => Make(python, platform, implementation, machine) with
        {
            PlatformRelease = release,
            ImplementationVersion = implementation.Name == "pypy" ? "7.3.17" : python,
            PlatformVersion = release.Length > 3 ? "#1 SMP" : "",
        });

    public static readonly Gen<HashSet<ExtraName>> Names = Gen.OneOf<string[]>([], ["a"], ["b"], ["a", "b"]).Select(names => MarkerEnvironments.Names(names));

    /// <summary>Expressions of up to a few comparisons.</summary>
    public static Gen<Marker> Markers(Gen<string> comparison, int depth = 3) => Text(comparison, depth).Select(Marker.Parse);

    /// <summary>All environments that <see cref="Decidable"/> comparisons can tell apart.</summary>
    public static IEnumerable<MarkerEnvironment> All()
    {
        foreach (var python in Pythons)
        {
            foreach (var platform in Platforms)
            {
                foreach (var implementation in Implementations)
                {
                    foreach (var machine in (string[])["x86_64", "arm64", "other"])
                        yield return Make(python, platform, implementation, machine);
                }
            }
        }
    }

    private static Gen<string> Text(Gen<string> comparison, int depth) => depth == 0
        ? comparison
        : Gen.OneOf<string>(
            comparison,
            Gen.Select(Text(comparison, depth - 1), Text(comparison, depth - 1), (left, right) => $"({left}) and ({right})"),
            Gen.Select(Text(comparison, depth - 1), Text(comparison, depth - 1), (left, right) => $"({left}) or ({right})"));

    private static MarkerEnvironment Make(
        string python, (string SysPlatform, string OsName, string PlatformSystem) platform, (string Name, string Label) implementation, string machine) =>
        MarkerEnvironments.Linux.WithPython(python) with
        {
            SysPlatform = platform.SysPlatform,
            OsName = platform.OsName,
            PlatformSystem = platform.PlatformSystem,
            ImplementationName = implementation.Name,
            PlatformPythonImplementation = implementation.Label,
            PlatformMachine = machine,
        };
}
