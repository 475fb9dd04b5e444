using System.Net;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>The page of one project on one index: from the cache while it holds, else asked for, with the cache's as the condition.</summary>
internal sealed class PageSource(IndexOptions options, Fetcher fetcher, CacheWriter cache, PinnedEntries pinned)
{
    private const string Noun = "pages";

    // Of such a page only some releases are there: it must not stand for the whole.
    private const string NounOfSome = "releases";
    private const int FormatVersion = 1;

    // PEP 691, "Version + Format selection".
    private const string Accept =
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

    private const int ExcerptLength = 32 * 1024;

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(600);

    // Whoever has just published a first release does not want to wait for it.
    private static readonly TimeSpan AbsentLifetime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(1);

    /// <summary>The page; null when offline and the cache has none.</summary>
    /// <exception cref="DiagnosticException">The index failed.</exception>
    public async ValueTask<EncodedPage?> GetAsync(IndexLocation index, PackageName name, CancellationToken cancellationToken)
    {
        if (index.Described is { } described)
            return Known(index, described, name);
        if (options.Memory is { } memory && await memory.FindPageAsync(index, name, cancellationToken).ConfigureAwait(false) is { } remembered)
            return EncodedPage.Load(PageEncoder.Encode(new() { IsAbsent = remembered.IsAbsent, Status = remembered.Status, StatusReason = remembered.StatusReason }, remembered.Files), 0);
        var url = index.PageOf(name);
        var key = CacheFolder.KeyOf(url.AbsoluteUri, Accept);
        var content = options.Cache.TryRead(Noun, FormatVersion, key, out var start);
        var versions = options.OnlyReleases.GetValueOrDefault(name);
        var noun = Noun;
        if (content is null && versions is not null)
        {
            (noun, key) = (NounOfSome, CacheFolder.KeyOf([key, .. versions.Select(version => version.ToString()).Order(StringComparer.Ordinal)]));
            (content, start) = pinned.IsUsed ? (pinned.Find(key), 0) : (options.Cache.TryRead(noun, FormatVersion, key, out start), start);
        }

        var known = content is null ? null : EncodedPage.Load(content, start);
        if (options.Offline || (known is not null && !options.Refresh && (options.AcceptExpired || known.State.Expires > options.Clock.GetUtcNow())))
        {
            Note(index, name, known, isConfirmed: false);
            return known;
        }

        var request = new FetchRequest(url, $"the page of '{name}'", Asker.For(index))
        {
            Accept = Accept,
            IfNoneMatch = known?.State.ETag,
            IfModifiedSince = known?.State.ETag is null ? known?.State.LastModified : null,
        };
        var (bytes, isNew) = await fetcher.FetchAsync(
            request, (answer, token) => ReadAsync(index, name, SomeOf(noun, versions), request, answer, known, content, start, token), cancellationToken).ConfigureAwait(false);
        if (bytes is null)
        {
            // 406: an old server that takes our list of types amiss is asked once more for what PEP 503 promises.
            request = request with { Accept = "text/html", IfNoneMatch = null, IfModifiedSince = null };
            (bytes, isNew) = await fetcher.FetchAsync(
                request, (answer, token) => ReadAsync(index, name, SomeOf(noun, versions), request, answer, null, null, 0, token), cancellationToken).ConfigureAwait(false);
            if (bytes is null)
                throw FetchErrors.Stop(NotAnIndex(request, url, "answers 406: it offers neither the JSON nor the HTML form of the simple API"));
        }

        if (noun == NounOfSome && pinned.IsUsed)
            pinned.Add(key, bytes);
        else
            cache.Write(noun, FormatVersion, key, bytes);
        var page = isNew
            ? EncodedPage.Load(bytes, 0) ?? throw new InvalidOperationException($"The page of '{name}' cannot be read back.")
            : known;
        Note(index, name, page, isConfirmed: true);
        return page;
    }

    /// <summary>A page that is known whole stays whole.</summary>
    private static IReadOnlySet<PackageVersion>? SomeOf(string noun, IReadOnlySet<PackageVersion>? versions) => noun == NounOfSome ? versions : null;

    private void Note(IndexLocation index, PackageName name, EncodedPage? page, bool isConfirmed)
    {
        if (page is not null)
            options.Memory?.NotePage(index, name, new(page.State.IsAbsent, page.State.Status, page.State.StatusReason, new PageFiles(page, 0, page.FileCount, long.MaxValue, page.FileCount)), isConfirmed);
    }

    private static EncodedPage? Known(IndexLocation index, IReadOnlyDictionary<PackageName, IReadOnlyList<DescribedFile>> described, PackageName name)
    {
        if (!described.TryGetValue(name, out var files))
            throw new UndescribedProjectException(index, name);
        return EncodedPage.Load(PageEncoder.Encode(new() { IsAbsent = files.Count == 0 }, [.. files.Select(file => file.File)]), 0);
    }

    private async ValueTask<(byte[]? Content, bool IsNew)> ReadAsync(
        IndexLocation index, PackageName name, IReadOnlySet<PackageVersion>? versions, FetchRequest request, FetchAnswer answer, EncodedPage? known, byte[]? content, int start,
        CancellationToken cancellationToken)
    {
        var state = new PageState { ETag = answer.ETag, LastModified = answer.LastModified, Expires = options.Clock.GetUtcNow() + Lifetime(answer, DefaultLifetime) };
        switch (answer.Status)
        {
            case HttpStatusCode.NotModified when known is not null:
                return (EncodedPage.WithExpiry(content.AsSpan(start), state.Expires), false);
            case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                return (PageEncoder.Encode(new() { IsAbsent = true, Expires = options.Clock.GetUtcNow() + Lifetime(answer, AbsentLifetime) }, []), true);
            case HttpStatusCode.NotAcceptable:
                return (null, false);
            case HttpStatusCode.OK:
                break;
            default:
                throw FetchErrors.Stop(FetchErrors.Unexpected(request, answer.Url, answer.Status));
        }

        using var body = await answer.ReadPooledAsync(options.Limits.Page, cancellationToken).ConfigureAwait(false);
        ProjectPage page;
        try
        {
            page = Parse(request, answer, name, versions, body.Memory);
        }
        catch (PackagingFormatException e)
        {
            throw new DamagedAnswerException(NotAnIndex(request, answer.Url, $"sends a page that cannot be read: {e.Message.TrimEnd('.')}"), e);
        }

        foreach (var remark in page.Warnings)
            options.Report?.Invoke(Diagnostic.Verbose(IndexCodes.PassedOver, $"{index.Name}, {name}: {remark}"));
        if (page.SkippedCount > 0)
            options.Report?.Invoke(Diagnostic.Verbose(IndexCodes.PassedOver, $"{index.Name}, {name}: {page.SkippedCount} files that are no wheels or sdists of it were passed over."));
        return (PageEncoder.Encode(state with { Status = page.Status, StatusReason = page.StatusReason }, page.Files), true);
    }

    private static ProjectPage Parse(FetchRequest request, FetchAnswer answer, PackageName name, IReadOnlySet<PackageVersion>? versions, ReadOnlyMemory<byte> body)
    {
        switch (answer.MediaType?.ToLowerInvariant())
        {
            case "application/vnd.pypi.simple.v1+json":
                using (var excerpt = new PooledBuffer(ExcerptLength))
                    return ProjectPage.ParseJson(versions is not null && JsonPageExcerpt.TryWrite(body.Span, name, versions, excerpt) ? excerpt.Memory : body, answer.Url, name);
            case "application/vnd.pypi.simple.v1+html":
                return ProjectPage.ParseHtml(body, answer.Url, name);
            case "text/html":
                var page = ProjectPage.ParseHtml(body, answer.Url, name);
                return page.Files.Count > 0 || page.ApiVersion is not null || LooksLikeList(body.Span)
                    ? page
                    : throw FetchErrors.Stop(NotAnIndex(request, answer.Url, "sends an HTML page that links to no file of it, such as a login page"));
            default:
                throw FetchErrors.Stop(NotAnIndex(request, answer.Url, $"sends it as '{answer.MediaType}', which is no form of the simple API"));
        }
    }

    /// <summary>What pages of indexes have said since before they stated a version, also where a project has no files.</summary>
    private static bool LooksLikeList(ReadOnlySpan<byte> body) =>
        body.IndexOf("inks for"u8) >= 0 || body.IndexOf("Index of"u8) >= 0;

    private static Diagnostic NotAnIndex(FetchRequest request, Uri url, string does) => Diagnostic.Error(
        IndexCodes.NotAnIndex,
        $"{ShownUrl.Of(url)}, asked for {request.What}, {does}.",
        remedy: "Check that the URL is the root of a package index's simple API, such as https://pypi.org/simple, and that no login or proxy page answers for it.");

    private static TimeSpan Lifetime(FetchAnswer answer, TimeSpan usual)
    {
        var control = answer.CacheControl;
        if (control is { NoCache: true } or { NoStore: true })
            return TimeSpan.Zero;
        var lifetime = control?.MaxAge ?? usual;
        return lifetime < LongestLifetime ? lifetime : LongestLifetime;
    }
}
