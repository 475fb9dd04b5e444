using System.Net;
using System.Net.Http.Headers;
using System.Text;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>A tree of environments behind a URL, such as any file server or bucket serves it: what <see cref="EnvironmentFolderStore"/> wrote, or a server.</summary>
public sealed class EnvironmentTreeSource : IEnvironmentSource, IDisposable
{
    private readonly PlaceClient _client;
    private readonly ArchiveDownloads _downloads;
    private readonly Uri _root;
    private readonly AuthenticationHeaderValue? _credentials;
    private readonly EnvironmentServerSource _server;
    private volatile bool _isOfServer;

    /// <summary>Uses a tree.</summary>
    /// <param name="root">Its address, <c>http:</c> or <c>https:</c>; credentials in it go to that host only.</param>
    /// <param name="cacheFolder">The cache, where parts of archives are kept.</param>
    public EnvironmentTreeSource(Uri root, string cacheFolder)
        : this(root, cacheFolder, new())
    {
    }

    internal EnvironmentTreeSource(Uri root, string cacheFolder, PlaceClient client)
    {
        _client = client;
        _downloads = new(client, cacheFolder);
        _credentials = root.UserInfo.Length > 0 ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(root.UserInfo)))) : null;
        var bare = new UriBuilder(root) { UserName = "", Password = "" };
        if (!bare.Path.EndsWith('/'))
            bare.Path += "/";
        _root = bare.Uri;
        Name = PlaceFault.Shown(_root);
        _server = new(_root, client, cacheFolder, _credentials);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <inheritdoc/>
    public async Task<EnvironmentOffer?> FindEnvironmentAsync(EnvironmentKey key, CancellationToken cancellationToken)
    {
        if (await ReadAsync(EnvironmentTree.ManifestOf(key), EnvironmentManifest.MaxBytes, cancellationToken).ConfigureAwait(false) is not { } manifest)
        {
            // Perhaps a server, or the files that it exported.
            var offer = await _server.FindEnvironmentAsync(key, cancellationToken).ConfigureAwait(false);
            _isOfServer = offer is not null;
            return offer;
        }

        var signatures = await ReadAsync(EnvironmentTree.SignaturesOf(key), SignatureFile.MaxBytes, cancellationToken).ConfigureAwait(false);
        return new(manifest, signatures is null ? null : new ReadOnlyMemory<byte>(signatures));
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
        // A tree lists nothing; a published environment is whole.
        Task.FromResult<IReadOnlySet<Sha256Digest>>(layers.Select(layer => layer.Digest).ToHashSet());

    /// <inheritdoc/>
    public Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken) =>
        _isOfServer ? _server.OpenAsync(layer, cancellationToken) : _downloads.OpenAsync(layer, () => Request(EnvironmentTree.LayerOf(layer.Digest)), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<byte[]?> ReadAsync(string place, int limit, CancellationToken cancellationToken)
    {
        using var answer = await _client.SendAsync(() => Request(place), cancellationToken).ConfigureAwait(false);
        var url = answer.RequestMessage!.RequestUri!;
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return null;
        if (answer.StatusCode != HttpStatusCode.OK)
            throw PlaceFault.Answered(url, answer.StatusCode);
        try
        {
            return await BoundedBody.ReadAsync(answer, limit, _client.StallTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (PlaceClient.IsBroken(e, cancellationToken))
        {
            throw PlaceFault.Unreachable(url, e);
        }
    }

    private HttpRequestMessage Request(string place)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_root, place));
        request.Headers.Authorization = _credentials;
        return request;
    }
}
