using System.Text;
using System.Text.Json;
using NuGet.Versioning;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Workspace;

namespace VenvBuild.Server;

/// <summary>Understands what a client asks, and decides what of it may be asked of whom.</summary>
internal sealed class LockQuestionReader(IndexPolicy policy, ServerSettings settings)
{
    // Where the client's folder would be; nothing there is ever read.
    private static readonly ManifestLocation Nowhere = ManifestLocation.At(Path.Combine(Path.GetTempPath(), "request", ManifestLocation.DefaultFileName));

    public static NuGetVersion Version { get; } = NuGetVersion.Parse(typeof(LockQuestionReader).Assembly.GetName().Version!.ToString(3));

    /// <summary>The question, or the answer to one that cannot be asked.</summary>
    /// <exception cref="DiagnosticException">The manifest, the lock or an option is in error.</exception>
    public (LockQuestion? Question, IResult? Refusal) Read(LockRequest request)
    {
        var options = request.Options ?? new();
        if (options.Tool is { } tool && (!NuGetVersion.TryParse(tool, out var client) || (client.Major, client.Minor) != (Version.Major, Version.Minor)))
        {
            return (null, Problems.Of(409, ServerProblemTypes.OtherVersion, "Client and server are of different versions",
                $"This server is {Version.ToNormalizedString()}; a lock of another version might differ."));
        }

        Platform? host = null;
        if (options.Platform is { } rid && !Platform.TryParse(rid, out host))
            return (null, Problems.BadRequest("options.platform is no runtime identifier that is known."));
        var manifest = Manifest.Parse(Encoding.UTF8.GetBytes(request.Manifest), Nowhere, ManifestLocation.DefaultFileName, Version, host);
        if (manifest.Platforms.Count == 0 && host is null)
            return (null, Problems.BadRequest("The manifest declares no platforms, so options.platform must say which one the client has."));
        Uri? mirror = null;
        if (options.IndexUrl is { } text && (!Uri.TryCreate(text, UriKind.Absolute, out mirror) || mirror.Scheme is not ("http" or "https")))
            return (null, Problems.BadRequest("options.indexUrl is no http or https URL."));
        if (mirror is { UserInfo.Length: > 0 } || manifest.Indexes.Any(index => index.Url.UserInfo.Length > 0))
            return (null, Problems.BadRequest("An index's address comes without user and password: what it answers is kept for everybody, and the server has credentials of its own."));
        foreach (var url in manifest.Requirements.Concat(manifest.Constraints).Concat(manifest.Overrides).Concat(manifest.Groups.SelectMany(group => group.Requirements))
            .Select(requirement => requirement.Requirement.Url).OfType<string>())
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !policy.Allows(address))
                return (null, Problems.Needs("The manifest asks for a file by its URL, at a place that this server does not ask.", []));
        }

        var needs = new List<SourceNeed>();
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        var sources = new ToldSources(request.Sources ?? [], paths);
        var indexes = mirror is not null ? Mirror(mirror, needs) : [.. manifest.Indexes.Select(index => Locate(index, sources, needs))];
        var links = manifest.FindLinks.Select(place => Links(place, sources, needs)).ToList();
        if (needs.Count > 0)
            return (null, Problems.Needs($"This server does not ask: {string.Join(", ", needs.Select(need => need.Index ?? need.FindLinks))}.", needs));
        var previous = request.Lock is null ? null : LockReader.Read(Encoding.UTF8.GetBytes(request.Lock), "the previous lock", LockOrigin.ThisMachine).Document;
        // A peer sees only what is asked by address, and would run what it builds.
        var resolver = manifest.FindLinks.Count == 0 && indexes.TrueForAll(index => index?.Described is null) && manifest.Sdists is { AllowsAll: false, Names.Count: 0 }
            ? settings.Resolver
            : ResolverChoice.Builtin;
        return (new()
        {
            Manifest = manifest,
            Previous = options.Upgrade ? null : previous,
            Options = new() { Upgrade = options.Upgrade, UpgradePackages = options.UpgradePackages ?? [] },
            Indexes = indexes!,
            FindLinks = links!,
            LocalPaths = paths,
            Mirror = mirror,
            Resolver = resolver,
            Freshness = indexes.Where(index => index?.Described is null).Select(index => policy.FreshnessOf(index!.Url)).DefaultIfEmpty(policy.FreshnessOf(new("about:blank"))).Min(),
            Key = KeyOf(manifest, previous, request with { Options = options }, host, mirror, resolver),
        }, null);
    }

    /// <summary>Only what changes the answer: the previous lock by its pins, and the platform only where the manifest leaves it open.</summary>
    private static string KeyOf(Manifest manifest, LockDocument? previous, LockRequest request, Platform? host, Uri? mirror, ResolverChoice resolver)
    {
        var options = request.Options;
        IEnumerable<string> pins = options.Upgrade || previous is null
            ? []
            : previous.Packages.Select(package => $"{package.Name}=={package.Version} ; {package.Marker}").Order(StringComparer.Ordinal);
        return CacheFolder.KeyOf(
            $"venvbuild-question 2 {resolver}",
            $"{Version.Major}.{Version.Minor}",
            manifest.Requests.Digest,
            manifest.Platforms.Count == 0 ? host!.ToString()! : "",
            mirror?.AbsoluteUri ?? "",
            string.Join('\n', pins),
            string.Join('\n', (options.UpgradePackages ?? []).Order(StringComparer.Ordinal)),
            JsonSerializer.Serialize(request with { Manifest = "", Lock = null, Options = new() }, RemoteJson.Default.LockRequest));
    }

    private List<IndexLocation?> Mirror(Uri mirror, List<SourceNeed> needs)
    {
        if (policy.Allows(mirror))
            return [new("mirror", mirror)];
        needs.Add(new() { Index = "mirror" });
        return [];
    }

    private IndexLocation? Locate(ManifestIndex index, ToldSources sources, List<SourceNeed> needs)
    {
        var patterns = index.Packages.Select(NamePattern.Parse).ToList();
        if (sources.OfIndex(index.Name) is { } told)
            return new(index.Name, index.Url, patterns) { Described = told };
        if (policy.Allows(index.Url))
            return new(index.Name, index.Url, patterns);
        needs.Add(new() { Index = index.Name });
        return null;
    }

    private FindLinks? Links(ManifestFindLinks place, ToldSources sources, List<SourceNeed> needs)
    {
        if (sources.OfFolder(place.Text) is { } told)
            return FindLinks.Of(place.Text, told);
        if (!place.Url.IsFile && policy.Allows(place.Url))
            return FindLinks.Parse(place.Url.OriginalString, Nowhere.Folder);
        needs.Add(new() { FindLinks = place.Text });
        return null;
    }
}
