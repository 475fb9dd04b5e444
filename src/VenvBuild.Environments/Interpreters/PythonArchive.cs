using System.Diagnostics.CodeAnalysis;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// An interpreter as python-build-standalone publishes it:
/// <c>cpython-VERSION+RELEASE-TRIPLE[-freethreaded]-install_only[_stripped].tar.gz</c>, whose one folder <c>python/</c> works wherever it is put.
/// </summary>
/// <param name="Name">The file's name.</param>
/// <param name="Version">The interpreter's version.</param>
/// <param name="Release">The release that it belongs to, a day as eight digits.</param>
/// <param name="Triple">The system that it is for.</param>
/// <param name="IsFreeThreaded">Whether it runs without the GIL.</param>
/// <param name="IsStripped">Whether debugging symbols were taken away.</param>
/// <param name="Sha256">The SHA-256 that its release lists.</param>
public sealed record PythonArchive(string Name, PackageVersion Version, string Release, string Triple, bool IsFreeThreaded, bool IsStripped, Sha256Digest Sha256)
{
    private const string Suffix = ".tar.gz";
    private const string PackageSuffix = ".nupkg";

    /// <summary>What its folder in the store is called.</summary>
    internal string Stem => Name[..^(IsPackage ? PackageSuffix.Length : Suffix.Length)];

    /// <summary>Whether it is one of the NuGet packages that the Python project publishes for Windows, and no archive of python-build-standalone.</summary>
    internal bool IsPackage => Name.EndsWith(PackageSuffix, StringComparison.Ordinal);

    /// <summary>
    /// The NuGet package of a version. It is told from others by its name and version, which stand for the same bytes for ever on a feed; the
    /// hash of its content is asked of the feed when it is fetched.
    /// </summary>
    internal static PythonArchive OfPackage(string id, PackageVersion version, string triple) => new(
        $"{id}.{version}{PackageSuffix}", version, "nuget", triple, IsFreeThreaded: false, IsStripped: true,
        Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes($"nuget {id} {version}")));

    /// <summary>Whether it is one that a person asks for: a version such as <c>3.12</c>, <c>3.12.4</c> or <c>3.13t</c>.</summary>
    public bool IsOfVersion(string request) => InterpreterFinder.IsOfVersion(Version, IsFreeThreaded, request);

    /// <summary>The archive that a folder of the store is named by; null where its name is another.</summary>
    internal static PythonArchive? OfStem(string stem, Sha256Digest digest)
    {
        if (TryParse($"{digest}  {stem}{Suffix}", out var archive))
            return archive;
        var dot = stem.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && PackageTriple(stem[..dot]) is { } triple && PackageVersion.TryParse(stem.AsSpan(dot + 1), out var version) ? OfPackage(stem[..dot], version, triple) : null;
    }

    /// <summary>Whether it is for a target.</summary>
    internal bool IsFor(Target target) =>
        Triple == TripleOf(target.Platform) && IsFreeThreaded == target.IsFreeThreaded && target.Python.Versions.Contains(Version);

    private static string? PackageTriple(string id) => id switch
    {
        "python" => TripleOf(Platform.Parse("win-x64")),
        "pythonx86" => TripleOf(Platform.Parse("win-x86")),
        "pythonarm64" => TripleOf(Platform.Parse("win-arm64")),
        _ => null,
    };

    /// <summary>Reads a line of SHA256SUMS; false for other files than interpreters that can be used as they are.</summary>
    internal static bool TryParse(ReadOnlySpan<char> line, [NotNullWhen(true)] out PythonArchive? archive)
    {
        archive = null;
        var space = line.IndexOf(' ');
        if (space < 0 || !Sha256Digest.TryParse(line[..space], out var digest))
            return false;
        var name = line[space..].TrimStart(" *").Trim();
        if (!name.StartsWith("cpython-") || !name.EndsWith(Suffix))
            return false;
        var rest = name["cpython-".Length..^Suffix.Length];
        var isStripped = TakeEnd(ref rest, "-install_only_stripped");
        if (!isStripped && !TakeEnd(ref rest, "-install_only"))
            return false;
        var isFreeThreaded = TakeEnd(ref rest, "-freethreaded");
        var plus = rest.IndexOf('+');
        var dash = plus < 0 ? -1 : rest[plus..].IndexOf('-');
        if (dash < 0 || !PackageVersion.TryParse(rest[..plus], out var version) || version.Release.Count != 3)
            return false;
        var release = rest[(plus + 1)..(plus + dash)];
        var triple = rest[(plus + dash + 1)..];
        if (!IsRelease(release) || triple.ContainsAnyExcept(TripleCharacters))
            return false;
        archive = new(name.ToString(), version, release.ToString(), triple.ToString(), isFreeThreaded, isStripped, digest);
        return true;
    }

    /// <summary>Whether a text names a release: a day as eight digits.</summary>
    internal static bool IsRelease(ReadOnlySpan<char> text) => text.Length == 8 && text.IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>The name of a platform in archives' names, or null where none are built for it.</summary>
    internal static string? TripleOf(Platform platform) => platform.RuntimeIdentifier switch
    {
        "linux-x64" => "x86_64-unknown-linux-gnu",
        "linux-arm64" => "aarch64-unknown-linux-gnu",
        "linux-musl-x64" => "x86_64-unknown-linux-musl",
        "linux-musl-arm64" => "aarch64-unknown-linux-musl",
        "osx-x64" => "x86_64-apple-darwin",
        "osx-arm64" => "aarch64-apple-darwin",
        "win-x64" => "x86_64-pc-windows-msvc",
        "win-x86" => "i686-pc-windows-msvc",
        "win-arm64" => "aarch64-pc-windows-msvc",
        _ => null,
    };

    private static readonly System.Buffers.SearchValues<char> TripleCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    private static bool TakeEnd(ref ReadOnlySpan<char> text, string end)
    {
        if (!text.EndsWith(end))
            return false;
        text = text[..^end.Length];
        return true;
    }
}
