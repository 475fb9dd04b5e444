using System.Net;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Index;

/// <summary>What one find-links place offers, read once in a run and kept by project.</summary>
internal sealed class LinkSource(FindLinks links, IndexOptions options, Fetcher fetcher, CacheWriter cache)
{
    private const string Noun = "links";
    private const int FormatVersion = 1;
    private const int MaxFiles = 1_000_000;

    private readonly Lock _lock = new();
    private Task<Dictionary<PackageName, List<LinkedFile>>>? _files;

    /// <summary>The releases of a project, oldest first.</summary>
    /// <exception cref="DiagnosticException">The folder is missing, or the page failed.</exception>
    public async ValueTask<IReadOnlyList<Release>> GetAsync(PackageName name, CancellationToken cancellationToken) =>
        [.. (await FilesAsync(name, cancellationToken).ConfigureAwait(false))
            .Where(file => IsInTime(file, options.LatestOf(name)))
            .OrderBy(file => file.Version)
            .GroupBy(file => file.Version)
            .Select(group => new Release(name, group.Key, new LinkedFiles([.. group])))];

    /// <summary>A file by its name, or null.</summary>
    /// <exception cref="DiagnosticException">The folder is missing, or the page failed.</exception>
    public async ValueTask<IndexFile?> FindAsync(PackageName name, string fileName, CancellationToken cancellationToken)
    {
        foreach (var file in await FilesAsync(name, cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(file.FileName, fileName, StringComparison.Ordinal))
                return new LinkedFiles([file])[0];
        }

        return null;
    }

    private async ValueTask<List<LinkedFile>> FilesAsync(PackageName name, CancellationToken cancellationToken)
    {
        Task<Dictionary<PackageName, List<LinkedFile>>> task;
        lock (_lock)
            task = _files ??= links.Described is { } described ? Task.FromResult(Known(described))
                : links.Folder is { } folder ? Task.FromResult(ReadFolder(folder))
                : ReadPageAsync(links.Page!, cancellationToken);
        var all = await task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return all.TryGetValue(name, out var files) ? files : [];
    }

    private bool IsInTime(LinkedFile file, DateTimeOffset? latest) =>
        file.Path is not null || links.Folder is not null || latest is null || file.Listed!.UploadTime <= latest;

    private static Dictionary<PackageName, List<LinkedFile>> Known(IReadOnlyList<DescribedFile> described)
    {
        var files = new Dictionary<PackageName, List<LinkedFile>>();
        foreach (var (file, _) in described)
            Add(files, file.Name, new(file.Version, null, file.Wheel, file.Sdist, file));
        return files;
    }

    internal static Dictionary<PackageName, List<LinkedFile>> ReadFolder(string folder)
    {
        var files = new Dictionary<PackageName, List<LinkedFile>>();
        try
        {
            // In ordinal order: a folder lists its files as it likes.
            var paths = Directory.GetFiles(folder);
            Array.Sort(paths, StringComparer.Ordinal);
            foreach (var path in paths)
            {
                var name = Path.GetFileName(path);
                if (WheelFileName.TryParse(name, out var wheel))
                    Add(files, wheel.Name, new(wheel.Version, path, wheel, null, null));
                else if (SdistFileName.TryParse(name, out var sdist))
                    Add(files, sdist.Name, new(sdist.Version, path, null, sdist, null));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FetchErrors.Stop(
                Diagnostic.Error(
                    IndexCodes.FindLinksMissing,
                    Directory.Exists(folder)
                        ? $"The find-links folder '{folder}' cannot be read: {e.Message}"
                        : $"The find-links folder '{folder}' does not exist.",
                    remedy: "Create it, or correct find-links in the manifest; paths count from the manifest's folder."),
                e);
        }

        return files;
    }

    private async Task<Dictionary<PackageName, List<LinkedFile>>> ReadPageAsync(Uri url, CancellationToken cancellationToken)
    {
        var key = CacheFolder.KeyOf(url.AbsoluteUri);
        var known = options.Cache.TryRead(Noun, FormatVersion, key, out var start) is { } content ? CachedBody.Load(content.AsSpan(start)) : null;
        if (options.Offline && known is null)
            throw FetchErrors.Stop(FetchErrors.Offline("the find-links page", url));
        if (!options.Offline && (known is null || !options.AcceptExpired))
        {
            var request = new FetchRequest(url, "the find-links page", Asker.For(links))
            {
                Accept = "text/html",
                IfNoneMatch = known?.ETag,
                IfModifiedSince = known?.ETag is null ? known?.LastModified : null,
            };
            var fresh = await fetcher.FetchAsync(request, async (answer, token) => answer.Status switch
            {
                HttpStatusCode.NotModified when known is not null => known,
                HttpStatusCode.OK => new CachedBody(
                    answer.ETag, answer.LastModified, answer.Url.AbsoluteUri,
                    await answer.ReadAllAsync(options.Limits.Page, token).ConfigureAwait(false)),
                HttpStatusCode.NotFound or HttpStatusCode.Gone => throw FetchErrors.Stop(Diagnostic.Error(
                    IndexCodes.FindLinksMissing,
                    $"The find-links page {ShownUrl.Of(answer.Url)} does not exist ({(int)answer.Status}).",
                    remedy: "Correct find-links in the manifest.")),
                _ => throw FetchErrors.Stop(FetchErrors.Unexpected(request, answer.Url, answer.Status)),
            }, cancellationToken).ConfigureAwait(false);
            if (!ReferenceEquals(fresh, known))
                cache.Write(Noun, FormatVersion, key, fresh.Encode());
            known = fresh;
        }

        return ReadLinks(url, known!);
    }

    private static Dictionary<PackageName, List<LinkedFile>> ReadLinks(Uri url, CachedBody body)
    {
        ProjectPage page;
        try
        {
            page = ProjectPage.ParseHtml(body.Content, new Uri(body.Url));
        }
        catch (PackagingFormatException e)
        {
            throw FetchErrors.Stop(
                Diagnostic.Error(
                    IndexCodes.NotAnIndex,
                    $"The find-links page {ShownUrl.Of(url)} cannot be read: {e.Message}",
                    remedy: "Check that the URL is a page that links to wheels."),
                e);
        }

        var files = new Dictionary<PackageName, List<LinkedFile>>();
        foreach (var file in page.Files)
            Add(files, file.Name, new(file.Version, null, file.Wheel, file.Sdist, file));
        return files;
    }

    private static void Add(Dictionary<PackageName, List<LinkedFile>> files, PackageName name, LinkedFile file)
    {
        if (files.Count >= MaxFiles)
            return;
        if (!files.TryGetValue(name, out var list))
            files[name] = list = [];
        list.Add(file);
    }
}
