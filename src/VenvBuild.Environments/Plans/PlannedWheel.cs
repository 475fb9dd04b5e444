using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>One wheel of a plan: exactly this file.</summary>
public sealed record PlannedWheel
{
    /// <summary>The wheel's name taken apart.</summary>
    public required WheelFileName File { get; init; }

    /// <summary>The SHA-256 of the wheel.</summary>
    public required Sha256Digest Sha256 { get; init; }

    /// <summary>The size in bytes, where the lock says it.</summary>
    public long? Size { get; init; }

    /// <summary>Where the wheel is, absolute (<c>https:</c>, <c>http:</c> or <c>file:</c>), or null when only <see cref="Path"/> is given.</summary>
    public Uri? Url { get; init; }

    /// <summary>The wheel's path with <c>/</c>, relative to the lock's folder or absolute, or null.</summary>
    public string? Path { get; init; }

    /// <summary>The index that the pin came from, or null.</summary>
    public Uri? Index { get; init; }

    /// <summary>Whether a person asked for it by name, rather than another distribution (recorded as REQUESTED).</summary>
    public bool IsRequested { get; init; }

    /// <summary>The distribution.</summary>
    public PackageName Name => File.Name;

    /// <summary>The version.</summary>
    public PackageVersion Version => File.Version;

    /// <summary>The file's name.</summary>
    public override string ToString() => File.Text;
}
