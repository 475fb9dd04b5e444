using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// The environments of a server, or of a static tree in its place (<c>/v1/environments</c>, <c>/v1/layers</c>). A server that lacks one is
/// asked to make it. It saves time and decides nothing: whatever it answers is held against the plan by whoever asks.
/// </summary>
public sealed class EnvironmentServerSource : IEnvironmentSource, IDisposable
{
    internal const int MaxStatusBytes = 4 * EnvironmentManifest.MaxBytes;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly PlaceClient _client;
    private readonly ArchiveDownloads _downloads;
    private readonly Uri _root;
    private readonly AuthenticationHeaderValue? _token;

    /// <summary>Uses a server.</summary>
    /// <param name="root">Its address, <c>http:</c> or <c>https:</c>. Credentials in it are not used.</param>
    /// <param name="token">A bearer token, which goes to that host only; or null.</param>
    /// <param name="cacheFolder">The cache, where parts of archives are kept.</param>
    public EnvironmentServerSource(Uri root, string? token, string cacheFolder)
        : this(
            new(root.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') + "/"),
            new(connectTimeout: TimeSpan.FromSeconds(5), attempts: 2), cacheFolder, string.IsNullOrWhiteSpace(token) ? null : new("Bearer", token.Trim()))
    {
    }

    internal EnvironmentServerSource(Uri root, PlaceClient client, string cacheFolder, AuthenticationHeaderValue? token)
    {
        (_root, _client, _token) = (root, client, token);
        _downloads = new(_client, cacheFolder);
        Name = PlaceFault.Shown(_root);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <inheritdoc/>
    public bool IsAccelerator => true;

    /// <summary>What to have made when the server lacks it; null to take only what is there.</summary>
    public EnvironmentRequest? Request { get; init; }

    /// <summary>How long is waited for all of the server's answers, a build's end among them.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public async Task<EnvironmentOffer?> FindEnvironmentAsync(EnvironmentKey key, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var place = $"v1/environments/{key}";
            var status = await AskAsync(() => Make(HttpMethod.Get, place), isBuild: false, patience.Token).ConfigureAwait(false);
            if (status is null or { State: EnvironmentStatus.Failed or EnvironmentStatus.Cancelled } && Request is not null)
                status = await AskAsync(MakeBuild, isBuild: true, patience.Token).ConfigureAwait(false);
            for (var pause = FirstPause; status is { State: EnvironmentStatus.Queued or EnvironmentStatus.Building } && status.Key == key.ToString(); pause = Longer(pause))
            {
                await Task.Delay(pause, patience.Token).ConfigureAwait(false);
                status = await AskAsync(() => Make(HttpMethod.Get, place), isBuild: false, patience.Token).ConfigureAwait(false);
            }

            return OfferOf(status);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                RemoteCodes.TooSlow, FormattableString.Invariant($"The server {Name} has not had the environment within {Patience.TotalSeconds:0.#} s.")), e);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
        // An environment that is ready is whole.
        Task.FromResult<IReadOnlySet<Sha256Digest>>(layers.Select(layer => layer.Digest).ToHashSet());

    /// <inheritdoc/>
    public Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken) => _downloads.OpenAsync(
        layer,
        () =>
        {
            var request = Make(HttpMethod.Get, $"v1/layers/{layer.Digest}");
            request.Headers.AcceptEncoding.ParseAdd("zstd");
            return request;
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>What an answer offers; null when it is none, or one of an environment that is not ready.</summary>
    internal static EnvironmentOffer? OfferOf(byte[] status)
    {
        try
        {
            return OfferOf(JsonSerializer.Deserialize(status, RemoteJson.Default.EnvironmentStatus));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static EnvironmentOffer? OfferOf(EnvironmentStatus? status) => status is { State: EnvironmentStatus.Ready, Manifest: { } manifest }
        ? new(Encoding.UTF8.GetBytes(manifest), status.Signatures is { } signatures ? Encoding.UTF8.GetBytes(signatures) : null)
        : null;

    private static TimeSpan Longer(TimeSpan pause) => pause * 1.5 is var longer && longer < LongestPause ? longer : LongestPause;

    /// <summary>What the server says of an environment; null when it has none, or does not make one for us.</summary>
    private async Task<EnvironmentStatus?> AskAsync(Func<HttpRequestMessage> make, bool isBuild, CancellationToken cancellationToken)
    {
        using var answer = await _client.SendAsync(make, cancellationToken).ConfigureAwait(false);
        var url = answer.RequestMessage!.RequestUri!;
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone || (isBuild && IsRefusal(answer.StatusCode)))
            return null;
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Accepted))
            throw PlaceFault.Answered(url, answer.StatusCode);
        try
        {
            var bytes = await BoundedBody.ReadAsync(answer, MaxStatusBytes, _client.StallTimeout, cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, RemoteJson.Default.EnvironmentStatus) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                RemoteCodes.BadAnswer, $"{PlaceFault.Shown(url)} answers what says nothing about an environment.", remedy: "Check the server's address; --no-server leaves it aside."), e);
        }
        catch (Exception e) when (PlaceClient.IsBroken(e, cancellationToken))
        {
            throw PlaceFault.Unreachable(url, e);
        }
    }

    /// <summary>A server need not build for everybody, and a static tree builds nothing: some send a POST to a folder on, and refuse to list it.</summary>
    private static bool IsRefusal(HttpStatusCode status) => status
        is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Conflict
        or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity or HttpStatusCode.NotImplemented;

    private HttpRequestMessage MakeBuild()
    {
        var request = Make(HttpMethod.Post, "v1/environments");
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Request!, RemoteJson.Default.EnvironmentRequest)) { Headers = { ContentType = new("application/json") } };
        return request;
    }

    private HttpRequestMessage Make(HttpMethod method, string place)
    {
        var request = new HttpRequestMessage(method, new Uri(_root, place));
        request.Headers.Authorization = _token;
        return request;
    }
}
