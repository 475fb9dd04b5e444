using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace VenvBuild.Testing;

/// <content>The releases and their assets.</content>
public sealed partial class GitHubStandIn
{
    private const string Repository = "/repos/owner/repo";
    private const int MaxAssets = 1000;

    private readonly Lock _lock = new();
    private readonly List<Release> _releases = [];
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private int _nextId;

    /// <summary>Releases, drafts too: the tag, whether it is a draft, and the names of its whole assets, sorted.</summary>
    public IReadOnlyList<(string Tag, bool IsDraft, IReadOnlyList<string> Assets)> Releases
    {
        get
        {
            lock (_lock)
                return [.. _releases.Select(release => (release.Tag, release.IsDraft, (IReadOnlyList<string>)[.. release.Assets.Where(asset => asset.IsWhole).Select(asset => asset.Name).Order(StringComparer.Ordinal)]))];
        }
    }

    /// <summary>Adds a release, with as many assets as are asked for.</summary>
    public void AddRelease(string tag, bool isDraft = false, int assets = 0)
    {
        lock (_lock)
        {
            var release = new Release(++_nextId, tag, isDraft);
            for (var i = 0; i < assets; i++)
                release.Assets.Add(new(++_nextId, string.Create(CultureInfo.InvariantCulture, $"filler-{i}"), DateTimeOffset.UtcNow) { IsWhole = true });
            _releases.Add(release);
        }
    }

    /// <summary>Leaves an unfinished upload in the last release, begun so long ago.</summary>
    public void LeaveStarter(string name, TimeSpan age)
    {
        lock (_lock)
            _releases[^1].Assets.Add(new(++_nextId, name, DateTimeOffset.UtcNow - age));
    }

    /// <summary>Changes the bytes of a whole asset.</summary>
    public void Change(Func<string, bool> name, Func<byte[], byte[]> change)
    {
        lock (_lock)
        {
            foreach (var asset in _releases.SelectMany(release => release.Assets).Where(asset => name(asset.Name)))
                asset.Content = change(asset.Content);
        }
    }

    private Asset? Find(int id)
    {
        lock (_lock)
            return _releases.SelectMany(release => release.Assets).FirstOrDefault(asset => asset.Id == id && asset.IsWhole);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        var path = request.Url!.AbsolutePath;
        var parts = path.StartsWith("/uploads", StringComparison.Ordinal) ? path["/uploads".Length..] : path;
        parts = parts.StartsWith(Repository, StringComparison.Ordinal) ? parts[Repository.Length..] : "/" + parts.TrimStart('/');
        var route = parts.Trim('/').Split('/');
        var call = $"{request.HttpMethod} {KindOf(request, route)}";
        _calls.Enqueue(call);
        var authorization = request.Headers["Authorization"];
        var isKnown = authorization?.EndsWith(' ' + Token, StringComparison.Ordinal) == true;
        if (!isKnown && (authorization is not null || IsPrivate || request.HttpMethod != "GET"))
        {
            await WriteAsync(context, authorization is null ? 404 : 401, Message(authorization is null ? "Not Found" : "Bad credentials"));
            return;
        }

        if (request.HttpMethod == "POST" && route is ["releases", var releaseId, "assets"])
            await UploadAsync(context, call, Id(releaseId));
        else if (!await FailsAsync(context, call) && !await IsLimitedAsync(context))
            await RouteAsync(context, route, isKnown);
    }

    private static string KindOf(HttpListenerRequest request, string[] route) => route switch
    {
        ["releases", "tags", var tag] => tag,
        ["releases", "assets", _] => "asset",
        ["releases", _, "assets"] when request.HttpMethod == "POST" => request.QueryString["name"] switch
        {
            { } name when name.EndsWith(".tar.zst", StringComparison.Ordinal) => "layer",
            { } name when name.EndsWith(".jsonl", StringComparison.Ordinal) => "signatures",
            _ => "manifest",
        },
        ["releases", _, "assets"] => "assets",
        ["releases"] => "releases",
        ["releases", _] => "release",
        _ => "download",
    };

    private async Task RouteAsync(HttpListenerContext context, string[] route, bool isKnown)
    {
        switch (context.Request.HttpMethod, route)
        {
            case ("GET", ["releases", "tags", var tag]):
                await WriteAsync(context, Published(tag) is { } found ? 200 : 404, Published(tag) is { } same ? Json(same) : Message("Not Found"));
                break;
            case ("GET", ["releases"]):
                await PageAsync(context, () => [.. _releases.Where(release => isKnown || !release.IsDraft).Reverse().Select(Json)]);
                break;
            case ("GET", ["releases", "assets", var id]):
                await RedirectAsync(context, Id(id));
                break;
            case ("GET", ["releases", var id, "assets"]) when OfId(Id(id)) is { } release:
                await PageAsync(context, () => [.. release.Assets.Select(asset => Json(asset, release))]);
                break;
            case ("GET", ["owner", "repo", "releases", "download", var tag, var name]):
                await RedirectAsync(context, Published(tag)?.Assets.FirstOrDefault(asset => asset.Name == name)?.Id ?? 0);
                break;
            case ("POST", ["releases"]):
                await CreateAsync(context);
                break;
            case ("PATCH", ["releases", var id]) when OfId(Id(id)) is { } release:
                await EditAsync(context, release);
                break;
            case ("DELETE", ["releases", "assets", var id]):
                if (_releases.Exists(release => release.IsImmutable && release.Assets.Exists(asset => asset.Id == Id(id))))
                    await WriteAsync(context, 422, Message("Cannot delete asset from an immutable release."));
                else
                    await WriteAsync(context, Remove(() => _releases.Sum(release => release.Assets.RemoveAll(asset => asset.Id == Id(id)))) ? 204 : 404, null);
                break;
            case ("GET", ["releases", var id]) when OfId(Id(id)) is { } release && (isKnown || !release.IsDraft):
                await WriteAsync(context, 200, Json(release));
                break;
            case ("DELETE", ["releases", var id]):
                await WriteAsync(context, RemoveRelease(release => release.Id == Id(id)) ? 204 : 404, null);
                break;
            default:
                await WriteAsync(context, 404, Message("Not Found"));
                break;
        }
    }

    private async Task CreateAsync(HttpListenerContext context)
    {
        var asked = (await JsonNode.ParseAsync(context.Request.InputStream))!;
        var release = new Release(Interlocked.Increment(ref _nextId), asked["tag_name"]!.GetValue<string>(), asked["draft"]?.GetValue<bool>() == true);
        if (!release.IsDraft && Published(release.Tag) is not null)
        {
            await WriteAsync(context, 422, Validation("tag_name"));
            return;
        }

        lock (_lock)
            _releases.Add(release);
        await WriteAsync(context, 201, Json(release));
    }

    private async Task EditAsync(HttpListenerContext context, Release release)
    {
        var asked = (await JsonNode.ParseAsync(context.Request.InputStream))!;
        var tag = asked["tag_name"]?.GetValue<string>() ?? release.Tag;
        JsonObject? refusal;
        lock (_lock)
        {
            var isPublishing = release.IsDraft && asked["draft"]?.GetValue<bool>() == false;
            refusal = release.IsImmutable ? Validation("immutable")
                : isPublishing && _gone.Contains(tag) ? Validation("tag_name", "tag_name was used by an immutable release")
                : isPublishing && _releases.Exists(other => other != release && !other.IsDraft && other.Tag == tag) ? Validation("tag_name")
                : null;
            if (refusal is null)
            {
                release.Tag = tag;
                release.IsDraft = asked["draft"]?.GetValue<bool>() ?? release.IsDraft;
                release.IsImmutable = !release.IsDraft && HasImmutableReleases;
            }
        }

        await WriteAsync(context, refusal is null ? 200 : 422, refusal ?? Json(release));
    }

    private async Task UploadAsync(HttpListenerContext context, string call, int releaseId)
    {
        var name = context.Request.QueryString["name"]!;
        var asset = new Asset(Interlocked.Increment(ref _nextId), name, DateTimeOffset.UtcNow);
        var release = OfId(releaseId);
        bool isTaken;
        if (release?.IsImmutable == true)
        {
            await context.Request.InputStream.CopyToAsync(Stream.Null);
            await WriteAsync(context, 422, Message("Cannot upload assets to an immutable release."));
            return;
        }

        lock (_lock)
        {
            isTaken = release is null || release.Assets.Count >= MaxAssets || release.Assets.Exists(other => other.Name == name);
            if (!isTaken)
                release!.Assets.Add(asset);
        }

        if (await FailsAsync(context, call) || await IsLimitedAsync(context))
            return;
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        if (isTaken)
        {
            await WriteAsync(context, release is null ? 404 : 422, Validation("name"));
            return;
        }

        asset.Content = body.ToArray();
        asset.IsWhole = true;
        Interlocked.Add(ref _bytesTaken, body.Length);
        await WriteAsync(context, 201, Json(asset, release!));
    }

    private async Task RedirectAsync(HttpListenerContext context, int id)
    {
        if (Find(id) is null)
        {
            await WriteAsync(context, 404, Message("Not Found"));
            return;
        }

        context.Response.StatusCode = 302;
        context.Response.Headers["Location"] = string.Create(CultureInfo.InvariantCulture, $"{_storageRoot}{id}?signature=1");
    }

    private async Task PageAsync(HttpListenerContext context, Func<IReadOnlyList<JsonNode>> list)
    {
        var query = context.Request.QueryString;
        var (page, size) = (Number(query["page"], 1), Math.Min(Number(query["per_page"], 30), 100));
        IReadOnlyList<JsonNode> all;
        lock (_lock)
            all = list();
        if (all.Count > page * size)
            context.Response.Headers["Link"] = string.Create(CultureInfo.InvariantCulture, $"<{Root.AbsoluteUri.TrimEnd('/')}{context.Request.Url!.AbsolutePath}?per_page={size}&page={page + 1}>; rel=\"next\"");
        await WriteAsync(context, 200, new JsonArray([.. all.Skip((page - 1) * size).Take(size)]));
    }

    /// <summary>Takes a release away; the tag of an immutable one is never given again.</summary>
    public void RemoveRelease(string tag) => RemoveRelease(release => release.Tag == tag);

    private bool RemoveRelease(Predicate<Release> isMeant) => Remove(() =>
    {
        _gone.UnionWith(_releases.Where(release => release.IsImmutable && isMeant(release)).Select(release => release.Tag));
        return _releases.RemoveAll(isMeant);
    });

    private Release? OfId(int id)
    {
        lock (_lock)
            return _releases.Find(release => release.Id == id);
    }

    private Release? Published(string tag)
    {
        lock (_lock)
            return _releases.Find(release => !release.IsDraft && release.Tag == tag);
    }

    private bool Remove(Func<int> remove)
    {
        lock (_lock)
            return remove() > 0;
    }

    private JsonObject Json(Release release) => new()
    {
        ["url"] = $"{Root}repos/owner/repo/releases/{release.Id}",
        ["html_url"] = $"{Root}owner/repo/releases/tag/{release.Tag}",
        ["upload_url"] = $"{Root}uploads/repos/owner/repo/releases/{release.Id}/assets{{?name,label}}",
        ["id"] = release.Id,
        ["tag_name"] = release.Tag,
        ["draft"] = release.IsDraft,
        ["immutable"] = release.IsImmutable,
        ["prerelease"] = true,
        ["created_at"] = "2026-11-24T00:00:00Z",
        ["published_at"] = release.IsDraft ? null : "2026-11-24T00:00:00Z",
        ["assets"] = new JsonArray([.. release.Assets.Select(asset => Json(asset, release))]),
    };

    private JsonObject Json(Asset asset, Release release) => new()
    {
        ["url"] = $"{Root}repos/owner/repo/releases/assets/{asset.Id}",
        ["id"] = asset.Id,
        ["name"] = asset.Name,
        ["label"] = null,
        ["state"] = asset.IsWhole ? "uploaded" : "starter",
        ["content_type"] = "application/octet-stream",
        ["size"] = asset.Content.Length,
        ["digest"] = asset.IsWhole ? $"sha256:{Convert.ToHexStringLower(SHA256.HashData(asset.Content))}" : null,
        ["download_count"] = 0,
        ["created_at"] = asset.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["updated_at"] = asset.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["browser_download_url"] = $"{Root}owner/repo/releases/download/{release.Tag}/{asset.Name}",
    };

    private static JsonObject Message(string text) => new() { ["message"] = text };

    private static JsonObject Validation(string field, string? message = null) => new()
    {
        ["message"] = "Validation Failed",
        ["errors"] = new JsonArray(message is null
            ? new JsonObject { ["resource"] = "Release", ["code"] = "already_exists", ["field"] = field }
            : new JsonObject { ["resource"] = "Release", ["code"] = "custom", ["field"] = field, ["message"] = message }),
    };

    private static int Id(string text) => Number(text, 0);

    private static int Number(string? text, int otherwise) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private sealed class Release(int id, string tag, bool isDraft)
    {
        public int Id { get; } = id;

        public string Tag { get; set; } = tag;

        public bool IsDraft { get; set; } = isDraft;

        public bool IsImmutable { get; set; }

        public List<Asset> Assets { get; } = [];
    }

    private sealed class Asset(int id, string name, DateTimeOffset createdAt)
    {
        public int Id { get; } = id;

        public string Name { get; } = name;

        public DateTimeOffset CreatedAt { get; } = createdAt;

        public byte[] Content { get; set; } = [];

        public bool IsWhole { get; set; }
    }
}
