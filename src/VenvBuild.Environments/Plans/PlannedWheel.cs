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

    /// <summary>Whether the manifest named the wheel by its address, which no mirror takes the place of.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Where a distribution came from that was asked for by its address; else null.</summary>
    internal DirectOrigin? Origin { get; init; }

    /// <summary>The distribution.</summary>
    public PackageName Name => File.Name;

    /// <summary>The version.</summary>
    public PackageVersion Version => File.Version;

    /// <summary>The wheel that a lock selects.</summary>
    /// <exception cref="DiagnosticException">The pin has no wheel that fits, or no SHA-256 for it.</exception>
    internal static PlannedWheel Of(SelectedPackage selected)
    {
        var (package, file) = (selected.Package, selected.File);
        if (file?.Wheel is not { } name)
        {
            var what = file is null ? "a source tree or an archive" : $"the sdist {file.Name}";
            throw Refuse(
                EnvironmentCodes.NotAWheel, package, $"{package.Name} {package.Version} is locked as {what} here, which would have to be built, and that can only be done on a machine of this platform with this Python.",
                "Build there, or lock a version that has a wheel for it.");
        }

        if (file.Hashes.Sha256 is not { } hex || !Sha256Digest.TryParse(hex, out var digest))
        {
            throw Refuse(
                EnvironmentCodes.DigestMissing, package, $"The lock gives no SHA-256 for {file.Name} ({file.Hashes}), so nobody could tell whether the right file comes.",
                "Make the lock again with dotnet pyenv lock.");
        }

        return new() { File = name, Sha256 = digest, Size = file.Size, Url = file.Url, Path = file.Path, Index = package.Index, IsDirect = package.Archive is not null, Origin = DirectOrigin.Of(package) };
    }

    private static DiagnosticException Refuse(string code, LockedPackage package, string message, string remedy) =>
        new(ExitCode.Integrity, Diagnostic.Error(code, message, package.Location, remedy));

    /// <summary>The file's name.</summary>
    public override string ToString() => File.Text;
}
