using System.Globalization;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Remembers, for each server, manifest and requests, the newest lock that was taken, below <c>seen/v1</c> of the cache. A lock bears no time: it
/// is older where the newest file that it knows of is older, or where pins went back and none went on. Who offers such a one may be holding
/// back what was mended since; or a release was yanked, which only a person can tell.
/// </summary>
/// <param name="cacheFolder">The cache.</param>
public sealed class SeenLocks(string cacheFolder)
{
    /// <summary>The code of what is said of an older lock.</summary>
    public const string Code = TrustCodes.Rollback;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const string Unknown = "-";

    private readonly SeenMemory _memory = new(cacheFolder);

    /// <summary>Why a lock is older than the one that was taken before, a part of a sentence; null where it is not.</summary>
    /// <param name="source">The server's address.</param>
    /// <param name="manifest">The manifest's path.</param>
    /// <param name="document">The lock, which says which requests it answers.</param>
    /// <param name="kept">The lock whose pins the server was asked to keep; null where it was asked for the newest.</param>
    public string? Objection(string source, string manifest, LockDocument document, LockDocument? kept)
    {
        if (Find(source, manifest, document) is not var (time, versions))
            return null;
        if (kept is null && time is not null && NewestOf(document) is { } newest && newest < time)
            return string.Create(CultureInfo.InvariantCulture, $"the newest file in it is of {newest.UtcDateTime:u}, and the one before knew one of {time.Value.UtcDateTime:u}");
        string? back = null;
        var asked = kept is null ? [] : VersionsOf(kept);
        foreach (var (name, version) in VersionsOf(document))
        {
            if (!versions.TryGetValue(name, out var before))
                return null;
            var order = asked.TryGetValue(name, out var pinned) && pinned.Equals(version) ? 0 : version.CompareTo(before);
            if (order > 0)
                return null;
            back ??= order < 0 ? $"it pins {name} {version}, and the one before {before}, and nothing in it is newer" : null;
        }

        return back;
    }

    /// <summary>Remembers a lock that was taken.</summary>
    public void Note(string source, string manifest, LockDocument document)
    {
        var note = new StringBuilder(NewestOf(document)?.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture) ?? Unknown).Append('\n');
        foreach (var (name, version) in VersionsOf(document).OrderBy(pin => pin.Key, StringComparer.Ordinal))
            note.Append(name).Append(' ').Append(version).Append('\n');
        _memory.Write(note.ToString(), Key(source, manifest, document));
    }

    private (DateTimeOffset? Time, Dictionary<string, PackageVersion> Versions)? Find(string source, string manifest, LockDocument document)
    {
        if (_memory.Read(Key(source, manifest, document)) is not { } text || text.Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [var first, .. var pins])
            return null;
        var versions = new Dictionary<string, PackageVersion>(StringComparer.Ordinal);
        foreach (var pin in pins)
        {
            if (pin.Split(' ') is [var name, var number] && PackageVersion.TryParse(number, out var version))
                versions[name] = version;
        }

        return (DateTimeOffset.TryParseExact(first, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null, versions);
    }

    private static string[] Key(string source, string manifest, LockDocument document) => ["lock", source, manifest, document.Provenance?.RequestDigest ?? ""];

    private static DateTimeOffset? NewestOf(LockDocument document) =>
        document.Packages.SelectMany(package => package.Sdist is { } sdist ? [.. package.Wheels, sdist] : package.Wheels).Max(file => file.UploadTime);

    /// <summary>The newest version that is pinned of each name.</summary>
    private static Dictionary<string, PackageVersion> VersionsOf(LockDocument document)
    {
        var versions = new Dictionary<string, PackageVersion>(StringComparer.Ordinal);
        foreach (var package in document.Packages)
        {
            if (package.Version is { } version && (!versions.TryGetValue(package.Name.Value, out var other) || version.CompareTo(other) > 0))
                versions[package.Name.Value] = version;
        }

        return versions;
    }
}
