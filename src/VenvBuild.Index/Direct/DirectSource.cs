using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Index;

/// <summary>What lies at the addresses that requests name: a wheel or an sdist, here or on the web, or the folder of a project.</summary>
internal sealed class DirectSource(IndexOptions options, Fetcher fetcher, CacheWriter cache, AskerList askers)
{
    private const string Noun = "direct";
    private const int FormatVersion = 1;
    private const string ProjectFile = "pyproject.toml";

    private readonly ConcurrentDictionary<Uri, CoreMetadata> _projects = new();

    /// <exception cref="DiagnosticException">Nothing lies there, it is another distribution's, or only a build could tell its version.</exception>
    public async Task<Release> GetAsync(PackageName name, string address, CancellationToken cancellationToken)
    {
        var asked = options.Addresses.GetValueOrDefault(address) ?? OnTheWeb(name, address);
        var location = ShownUrl.WithoutSecrets(asked);
        var direct = new DirectReference(address, location);
        if (asked.IsFile && Directory.Exists(asked.LocalPath))
        {
            var project = await ReadProjectAsync(asked.LocalPath, name, address, cancellationToken).ConfigureAwait(false);
            _projects[location] = project;
            return new(CheckName(name, project.Name, address), project.Version, []) { Direct = direct with { IsFolder = true } };
        }

        var fileName = Uri.UnescapeDataString(asked.AbsolutePath[(asked.AbsolutePath.LastIndexOf('/') + 1)..]);
        var wheel = WheelFileName.TryParse(fileName, out var named) ? named : null;
        SdistFileName? sdist = null;
        if (wheel is null && !SdistFileName.TryParse(fileName, name, out sdist) && !SdistFileName.TryParse(fileName, out sdist) && !IsMissing(asked))
            throw NeedsBuild(name, address, $"'{fileName}' is no name of a wheel or an sdist, so that only a build could tell its version");
        var file = asked.IsFile
            ? Local(asked, fileName, address, wheel, sdist)
            : await RemoteAsync(asked, location, fileName, wheel, sdist, cancellationToken).ConfigureAwait(false);
        return new(CheckName(name, file.Name, address), file.Version, [file]) { Direct = direct };
    }

    /// <summary>The metadata of a folder that was asked for before.</summary>
    public ReleaseMetadata MetadataOf(DirectReference folder) => new(_projects[folder.Location]);

    /// <summary>That a source's metadata stands only after a build, which is no work of locking.</summary>
    public static DiagnosticException NeedsBuild(PackageName name, string address, string why) => new(ExitCode.Unsatisfiable, Diagnostic.Error(
        IndexCodes.NeedsBuild,
        $"'{name} @ {address}' cannot be locked: {why}.",
        remedy: "State name, version, dependencies and requires-python in its pyproject.toml, or build a wheel and name that."));

    /// <summary>An address that nobody vouched for may lead to the web only: whoever solves for others must not read its own disk for them.</summary>
    private static Uri OnTheWeb(PackageName name, string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            ? url
            : throw FetchErrors.Stop(Diagnostic.Error(
                IndexCodes.DirectMissing,
                $"'{name} @ {address}' lies on the machine of who asks, which cannot be seen from here.",
                remedy: "Lock on that machine (--no-server)."));

    private static bool IsMissing(Uri asked) => asked.IsFile && !File.Exists(asked.LocalPath);

    private static PackageName CheckName(PackageName asked, PackageName found, string address) => asked == found
        ? asked
        : throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
            IndexCodes.OtherDistribution,
            $"'{asked} @ {address}' leads to '{found}', which is another distribution.",
            remedy: $"Write '{found} @ {address}', or correct the address."));

    private async Task<CoreMetadata> ReadProjectAsync(string folder, PackageName name, string address, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, ProjectFile);
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > ProjectTable.MaxLength)
                throw NeedsBuild(name, address, $"its {ProjectFile} is larger than 1 MiB");
            string? left;
            if (info.Exists)
            {
                if (ProjectTable.Read(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), out left) is { } project)
                    return project;
                left = $"its {ProjectFile} {left}";
            }
            else
            {
                left = $"the folder has no {ProjectFile}";
            }

            var isBuilt = options.SdistMetadata is not null && (info.Exists || File.Exists(Path.Combine(folder, "setup.py")));
            return isBuilt
                ? CoreMetadata.Parse(await options.SdistMetadata!.GetAsync(name, folder, cancellationToken).ConfigureAwait(false))
                : throw NeedsBuild(name, address, left);
        }
        catch (PackagingFormatException e)
        {
            throw NeedsBuild(name, address, $"its {ProjectFile} {e.Message.TrimEnd('.')}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing(address, $"{path} cannot be read: {e.Message}", e);
        }
    }

    private static IndexFile Local(Uri asked, string fileName, string address, WheelFileName? wheel, SdistFileName? sdist)
    {
        try
        {
            using var content = File.OpenRead(asked.LocalPath);
            var digest = SHA256.HashData(content);
            return Checked(
                new() { FileName = fileName, Url = new(asked.LocalPath), Wheel = wheel, Sdist = sdist, Sha256 = Sha256Digest.FromBytes(digest), Size = content.Length },
                Promised(asked));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing(
                address, e is FileNotFoundException or DirectoryNotFoundException ? $"there is no file or folder {asked.LocalPath}" : $"{asked.LocalPath} cannot be read: {e.Message}", e);
        }
    }

    private async Task<IndexFile> RemoteAsync(
        Uri asked, Uri location, string fileName, WheelFileName? wheel, SdistFileName? sdist, CancellationToken cancellationToken)
    {
        var file = new IndexFile { FileName = fileName, Url = location, Wheel = wheel, Sdist = sdist, Sha256 = Promised(asked) };
        if (file.Sha256 is not null)
            return file;
        var (digest, size) = await IdentifyAsync(asked, location, fileName, cancellationToken).ConfigureAwait(false);
        return new() { FileName = fileName, Url = location, Wheel = wheel, Sdist = sdist, Sha256 = digest, Size = size };
    }

    /// <summary>The digest and size of what lies at an address now; what the cache knows is asked for by its tag.</summary>
    private async Task<(Sha256Digest Digest, long Size)> IdentifyAsync(Uri asked, Uri location, string fileName, CancellationToken cancellationToken)
    {
        var key = CacheFolder.KeyOf(ShownUrl.Of(location), location.Query);
        var known = options.Cache.TryRead(Noun, FormatVersion, key, out var start) is { } content ? CachedBody.Load(content.AsSpan(start)) : null;
        if (known is not null && !TryRead(known, out _))
            known = null;
        if (options.Offline || (options.AcceptExpired && known is not null))
            return known is not null && TryRead(known, out var cached) ? cached : throw FetchErrors.Stop(FetchErrors.Offline($"the file {fileName}", location));
        var request = new FetchRequest(location, $"the file {fileName}", askers.For(asked))
        {
            AllowCompression = false,
            IfNoneMatch = known?.ETag,
            IfModifiedSince = known?.ETag is null ? known?.LastModified : null,
        };
        var fresh = await fetcher.FetchAsync(request, async (answer, token) => answer.Status switch
        {
            HttpStatusCode.NotModified when known is not null => known,
            HttpStatusCode.OK => new CachedBody(answer.ETag, answer.LastModified, ShownUrl.Of(location), await HashAsync(answer.Body, token).ConfigureAwait(false)),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => throw FetchErrors.Stop(Diagnostic.Error(
                IndexCodes.DirectMissing, $"There is nothing at {ShownUrl.Of(answer.Url)} ({(int)answer.Status}).", remedy: "Correct the address in the manifest.")),
            _ => throw FetchErrors.Stop(FetchErrors.Unexpected(request, answer.Url, answer.Status)),
        }, cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(fresh, known) && (fresh.ETag ?? fresh.LastModified) is not null)
            cache.Write(Noun, FormatVersion, key, fresh.Encode());
        return TryRead(fresh, out var identity) ? identity : throw new InvalidOperationException("What was just written cannot be read.");
    }

    private async Task<byte[]> HashAsync(Stream body, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[128 * 1024];
        long size = 0;
        while (await body.ReadAsync(chunk, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            size += count;
            if (size > options.Limits.Archive)
                throw new TooLargeException(options.Limits.Archive);
            hash.AppendData(chunk, 0, count);
        }

        return Encoding.ASCII.GetBytes(FormattableString.Invariant($"{Sha256Digest.FromBytes(hash.GetCurrentHash())} {size}"));
    }

    private static bool TryRead(CachedBody body, out (Sha256Digest Digest, long Size) identity)
    {
        identity = default;
        var parts = Encoding.ASCII.GetString(body.Content).Split(' ');
        if (parts is not [var hex, var length] || !Sha256Digest.TryParse(hex, out var digest)
            || !long.TryParse(length, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var size))
        {
            return false;
        }

        identity = (digest, size);
        return true;
    }

    /// <summary>The digest that the address itself promises (<c>#sha256=</c>), or null.</summary>
    private static Sha256Digest? Promised(Uri asked)
    {
        foreach (var word in asked.Fragment.TrimStart('#').Split('&'))
        {
            if (word.StartsWith("sha256=", StringComparison.Ordinal) && Sha256Digest.TryParse(word.AsSpan("sha256=".Length), out var digest))
                return digest;
        }

        return null;
    }

    private static IndexFile Checked(IndexFile file, Sha256Digest? promised) => promised is null || file.Sha256 == promised
        ? file
        : throw FetchErrors.Stop(Diagnostic.Error(
            IndexCodes.DigestMismatch,
            $"The file {file.Url.LocalPath} is not the one that the manifest asks for: its SHA-256 is {file.Sha256} and not {promised}.",
            remedy: "Put the right file there, or correct the digest in the manifest."));

    private static DiagnosticException Missing(string address, string why, Exception e) => FetchErrors.Stop(
        Diagnostic.Error(
            IndexCodes.DirectMissing, $"The manifest asks for '{address}', and {why}.", remedy: "Correct the address; paths count from the manifest's folder."),
        e);
}
