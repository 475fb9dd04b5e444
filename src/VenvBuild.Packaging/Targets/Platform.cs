using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace VenvBuild.Packaging;

/// <summary>
/// A platform as .NET names it, by a runtime identifier, with the oldest system that is meant. Without finer words that is glibc 2.28
/// (RHEL 8, Debian 10), musl 1.2 (Alpine 3.13) or macOS 14.
/// </summary>
public sealed class Platform : IEquatable<Platform>
{
    private static readonly Platform[] Defaults =
    [
        new("linux-x64", PlatformFamily.Glibc, "x86_64", "x86_64"),
        new("linux-arm64", PlatformFamily.Glibc, "aarch64", "aarch64"),
        new("linux-musl-x64", PlatformFamily.Musl, "x86_64", "x86_64"),
        new("linux-musl-arm64", PlatformFamily.Musl, "aarch64", "aarch64"),
        new("win-x64", PlatformFamily.Windows, "win_amd64", "AMD64"),
        new("win-x86", PlatformFamily.Windows, "win32", "x86"),
        new("win-arm64", PlatformFamily.Windows, "win_arm64", "ARM64"),
        new("osx-x64", PlatformFamily.MacOs, "x86_64", "x86_64"),
        new("osx-arm64", PlatformFamily.MacOs, "arm64", "arm64"),
    ];

    // What the same things are called elsewhere: by Python, by Docker, by people.
    private static readonly (string Word, string Own)[] OtherNames =
    [
        ("windows", "win"), ("macos", "osx"), ("darwin", "osx"), ("manylinux", "linux"), ("musllinux", "linux-musl"), ("alpine", "linux-musl"),
        ("x86_64", "x64"), ("amd64", "x64"), ("aarch64", "arm64"), ("win32", "win-x86"), ("_", "-"), ("/", "-"),
    ];

    private readonly string _architecture;
    private IReadOnlyList<string>? _wheelTags;

    private Platform(string rid, PlatformFamily family, string architecture, string machine, PlatformFloor? floor = null)
    {
        RuntimeIdentifier = rid;
        Family = family;
        _architecture = architecture;
        PlatformMachine = machine;
        Floor = floor ?? DefaultFloor(family);
    }

    /// <summary>The runtime identifiers that can be named.</summary>
    public static IReadOnlyList<string> RuntimeIdentifiers { get; } = Array.ConvertAll(Defaults, platform => platform.RuntimeIdentifier);

    /// <summary>The runtime identifier, such as <c>linux-x64</c>.</summary>
    public string RuntimeIdentifier { get; }

    /// <summary>What the floor is the version of: <c>glibc</c>, <c>musl</c> or <c>macos</c>; null on Windows, which has none.</summary>
    public string? FloorName => Family switch
    {
        PlatformFamily.Glibc => "glibc",
        PlatformFamily.Musl => "musl",
        PlatformFamily.MacOs => "macos",
        _ => null,
    };

    /// <summary>The oldest version of <see cref="FloorName"/> that is meant; null on Windows.</summary>
    public PlatformFloor? Floor { get; }

    /// <summary>Whether the floor is the one meant when nothing is said.</summary>
    public bool HasDefaultFloor => Floor == DefaultFloor(Family);

    /// <summary>Whether it is a Windows, whose environments are laid out in their own way.</summary>
    public bool IsWindows => Family == PlatformFamily.Windows;

    /// <summary>The marker value <c>os_name</c> (PEP 508).</summary>
    public string OsName => IsWindows ? "nt" : "posix";

    /// <summary>The marker value <c>sys_platform</c> (PEP 508).</summary>
    public string SysPlatform => Family switch
    {
        PlatformFamily.Windows => "win32",
        PlatformFamily.MacOs => "darwin",
        _ => "linux",
    };

    /// <summary>The marker value <c>platform_system</c> (PEP 508).</summary>
    public string PlatformSystem => Family switch
    {
        PlatformFamily.Windows => "Windows",
        PlatformFamily.MacOs => "Darwin",
        _ => "Linux",
    };

    /// <summary>The marker value <c>platform_machine</c> (PEP 508).</summary>
    public string PlatformMachine { get; }

    /// <summary>The platform tags of wheels that run here, best first (PEP 425, 600, 656).</summary>
    public IReadOnlyList<string> WheelTags => _wheelTags ??= PlatformTags.Of(Family, _architecture, Floor);

    internal PlatformFamily Family { get; }

    /// <summary>Reads a runtime identifier, or what <see cref="ToString"/> writes.</summary>
    /// <exception cref="PackagingFormatException">It is none that is known; the message names the nearest.</exception>
    public static Platform Parse(string text)
    {
        if (TryParse(text, out var platform))
            return platform;
        var hint = Nearest(text) is { } nearest ? $" Did you mean {nearest}?" : $" Known are {string.Join(", ", RuntimeIdentifiers)}.";
        throw new PackagingFormatException($"'{text}' is no platform.{hint}", text, 0);
    }

    /// <summary>Reads a runtime identifier, or what <see cref="ToString"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Platform? platform)
    {
        platform = null;
        if (text is null)
            return false;
        var bracket = text.IndexOf(" (", StringComparison.Ordinal);
        var rid = bracket < 0 ? text : text[..bracket];
        platform = Array.Find(Defaults, known => string.Equals(known.RuntimeIdentifier, rid, StringComparison.Ordinal));
        if (platform is null || bracket < 0)
            return platform is not null;
        var words = text[(bracket + 2)..].Split(' ');
        if (words is [var name, [.. var version, ')']] && platform.TryWithFloor(name, version, out var finer, out _))
            platform = finer;
        else
            platform = null;
        return platform is not null;
    }

    /// <summary>The runtime identifier that was probably meant, or null when none is near.</summary>
    public static string? Nearest(string text)
    {
        if (text.Length > 40)
            return null;
        var lower = text.ToLowerInvariant();
        foreach (var (word, own) in OtherNames)
            lower = lower.Replace(word, own, StringComparison.Ordinal);
        var (best, bestDistance) = ((string?)null, 4);
        foreach (var rid in RuntimeIdentifiers)
        {
            var distance = EditDistance.Between(lower, rid);
            if (distance < bestDistance)
                (best, bestDistance) = (rid, distance);
        }

        return best;
    }

    /// <summary>The platform that this process runs on, with the default floor; null when it is none of the known ones.</summary>
    public static Platform? OfThisProcess()
    {
        var isMusl = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier is var own
            && (own.Contains("musl", StringComparison.Ordinal) || own.StartsWith("alpine", StringComparison.Ordinal));
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsLinux() ? isMusl ? "linux-musl" : "linux" : "";
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.X86 => "x86",
            Architecture.Arm64 => "arm64",
            _ => "",
        };
        return TryParse($"{system}-{architecture}", out var platform) ? platform : null;
    }

    /// <summary>This platform from another system version on.</summary>
    /// <param name="name">What the version is of: must be <see cref="FloorName"/>.</param>
    /// <param name="version">The version, such as <c>2.17</c>, or <c>14</c> for macOS.</param>
    /// <param name="platform">The platform.</param>
    /// <param name="problem">A sentence that says why there is none.</param>
    public bool TryWithFloor(string name, string version, [NotNullWhen(true)] out Platform? platform, [NotNullWhen(false)] out string? problem)
    {
        platform = null;
        if (FloorName is null)
            problem = $"{RuntimeIdentifier} has no finer versions.";
        else if (!string.Equals(name, FloorName, StringComparison.Ordinal))
            problem = $"{RuntimeIdentifier} has versions of {FloorName}, not of {name}.";
        else if (!PlatformFloor.TryParse(version, out var floor))
            problem = $"'{version}' is no version of {name}, such as {DefaultFloor(Family)}.";
        else
            problem = TryWithFloor(floor, out platform) ? null : $"{name} {version} is out of the range that wheels are built for: {Range()}.";
        return problem is null;
    }

    /// <summary>This platform from another system version on, or false where no wheel can be meant by that.</summary>
    public bool TryWithFloor(PlatformFloor floor, [NotNullWhen(true)] out Platform? platform)
    {
        var (lowest, highest) = FloorRange();
        platform = FloorName is not null && floor.CompareTo(lowest) >= 0 && floor.CompareTo(highest) <= 0
            ? new(RuntimeIdentifier, Family, _architecture, PlatformMachine, floor)
            : null;
        return platform is not null;
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] Platform? other) =>
        other is not null && string.Equals(RuntimeIdentifier, other.RuntimeIdentifier, StringComparison.Ordinal) && Floor == other.Floor;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Platform);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RuntimeIdentifier, Floor);

    /// <summary>The runtime identifier, and the floor where it is not the default: <c>linux-x64 (glibc 2.17)</c>.</summary>
    public override string ToString() => HasDefaultFloor ? RuntimeIdentifier : $"{RuntimeIdentifier} ({FloorName} {Floor})";

    private static PlatformFloor? DefaultFloor(PlatformFamily family) => family switch
    {
        PlatformFamily.Glibc => new(2, 28),
        PlatformFamily.Musl => new(1, 2),
        PlatformFamily.MacOs => new(14, 0),
        _ => null,
    };

    private string Range()
    {
        var (lowest, highest) = FloorRange();
        return $"{lowest} to {highest}";
    }

    // Below the lowest there are no tags; above the highest a typing error is likelier than a system.
    private (PlatformFloor Lowest, PlatformFloor Highest) FloorRange() => Family switch
    {
        PlatformFamily.Glibc => (PlatformTags.OldestGlibc(_architecture), new(2, 99)),
        PlatformFamily.Musl => (new(1, 0), new(1, 99)),
        PlatformFamily.MacOs => (_architecture == "arm64" ? new(11, 0) : new(10, 4), new(99, 99)),
        _ => default,
    };
}
