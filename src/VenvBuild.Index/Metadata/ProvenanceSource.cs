using System.Net;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>Brings what an index offers as the provenance of a file (PEP 740). It is not looked into here.</summary>
internal sealed class ProvenanceSource(IndexOptions options, Fetcher fetcher, CacheWriter cache, AskerList askers)
{
    private const string Noun = "provenance";
    private const int FormatVersion = 1;

    /// <summary>The provenance, from the cache where it was read before for the same bytes; null where the index offers none.</summary>
    public async ValueTask<byte[]?> GetAsync(IndexFile file, CancellationToken cancellationToken)
    {
        if (file.Provenance is not { IsFile: false } url)
            return null;
        var key = CacheFolder.KeyOf(ShownUrl.WithoutSecrets(url).AbsoluteUri, file.Sha256?.ToString() ?? "");
        if (!options.Refresh && options.Cache.TryRead(Noun, FormatVersion, key, out var start) is { } kept)
            return kept[start..];
        var what = $"the provenance of {file.FileName}";
        if (options.Offline)
            throw FetchErrors.Stop(FetchErrors.Offline(what, ShownUrl.WithoutSecrets(url)));
        var request = new FetchRequest(ShownUrl.WithoutSecrets(url), what, askers.For(url)) { Accept = "application/vnd.pypi.integrity.v1+json, application/json;q=0.9" };
        var bytes = await fetcher.FetchAsync(request, async (answer, token) =>
        {
            if (answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                return null;
            return answer.Status == HttpStatusCode.OK
                ? await answer.ReadAllAsync(options.Limits.Provenance, token).ConfigureAwait(false)
                : throw FetchErrors.Stop(FetchErrors.Unexpected(request, answer.Url, answer.Status));
        }, cancellationToken).ConfigureAwait(false);
        if (bytes is not null)
            cache.Write(Noun, FormatVersion, key, bytes);
        return bytes;
    }
}
