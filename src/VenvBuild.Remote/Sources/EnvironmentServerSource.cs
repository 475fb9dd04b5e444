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

    /// <summary>Receives remarks: why a server did not run the checks that it was asked for.</summary>
    public Action<Diagnostic>? Report { get; init; }

    /// <inheritdoc/>
    public Task<EnvironmentOffer?> FindEnvironmentAsync(EnvironmentKey key, CancellationToken cancellationToken) => PatientlyAsync(async patience =>
    {
        var place = $"v1/environments/{key}";
        // A server that ran its checks before vouches for nothing: what it has without them is not what is asked for.
        if (Request is { Options.Checks.Count: > 0 } && await BuildAsync(Request, patience).ConfigureAwait(false) is { } made)
            return OfferOf(made);
        var status = await AskAsync(() => Make(HttpMethod.Get, place), patience).ConfigureAwait(false);
        if (status is null or { State: EnvironmentStatus.Failed or EnvironmentStatus.Cancelled } && Request is { Options.Checks.Count: 0 })
            status = await BuildAsync(Request, patience).ConfigureAwait(false);
        return OfferOf(status is not null && status.Key == key.ToString() ? await UntilMadeAsync(status, place, patience).ConfigureAwait(false) : status);
    }, cancellationToken);

    /// <summary>
    /// Has the server make an environment whose key nobody knows yet, for wheels of it have to be built from their sources. What comes is the
    /// server's word, and to be held against the lock and the policy.
    /// </summary>
    /// <returns>The environment; null where the server has nobody built for.</returns>
    /// <exception cref="DiagnosticException">The server cannot be reached, takes too long, refuses to build from sources and says why, or a check failed there.</exception>
    public Task<EnvironmentOffer?> BuildAsync(CancellationToken cancellationToken) =>
        PatientlyAsync(async patience => Request is null ? null : OfferOf(await BuildAsync(Request, patience).ConfigureAwait(false)), cancellationToken);

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

    private async Task<EnvironmentOffer?> PatientlyAsync(Func<CancellationToken, Task<EnvironmentOffer?>> work, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await work(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                RemoteCodes.TooSlow, FormattableString.Invariant($"The server {Name} has not had the environment within {Patience.TotalSeconds:0.#} s."),
                remedy: "It may go on there: run it again later; --no-server leaves it aside."), e);
        }
    }

    /// <summary>Has an environment made, and waits until it is; null where the server makes none for us.</summary>
    private async Task<EnvironmentStatus?> BuildAsync(EnvironmentRequest request, CancellationToken cancellationToken)
    {
        using var answer = await _client.SendAsync(() => MakeBuild(request), cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted)
        {
            var status = await ReadAsync(answer, cancellationToken).ConfigureAwait(false);
            status = await UntilMadeAsync(status, PlaceOf(answer.Headers.Location) ?? $"v1/environments/{status.Key}", cancellationToken).ConfigureAwait(false);
            return status?.State == EnvironmentStatus.Failed && ServerRefusal.OfChecks(Name, status.Checks) is { } failed ? throw failed : status;
        }

        if (answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Gone) && !IsRefusal(answer.StatusCode))
            throw PlaceFault.Answered(answer.RequestMessage!.RequestUri!, answer.StatusCode);
        var problem = await ServerRefusal.ReadAsync(answer, _client.StallTimeout, cancellationToken).ConfigureAwait(false);
        if (problem?.Type == ServerProblemTypes.ChecksNotRun && request.Options.Checks.Count > 0)
        {
            Report?.Invoke(ServerRefusal.ChecksNotRun(Name, problem));
            return await BuildAsync(request with { Options = request.Options with { Checks = [] } }, cancellationToken).ConfigureAwait(false);
        }

        return problem is not null && ServerRefusal.Of(Name, problem) is { } refusal ? throw refusal : null;
    }

    /// <summary>Waits for a build's end.</summary>
    private async Task<EnvironmentStatus?> UntilMadeAsync(EnvironmentStatus? status, string place, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; status is { State: EnvironmentStatus.Queued or EnvironmentStatus.Building }; pause = Longer(pause))
        {
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            status = await AskAsync(() => Make(HttpMethod.Get, place), cancellationToken).ConfigureAwait(false);
        }

        return status;
    }

    /// <summary>Where a build is, which has an address of its own; null where the server does not say one of the contract's.</summary>
    private static string? PlaceOf(Uri? location) =>
        location?.OriginalString.Split('/')[^1] is { } key && Sha256Digest.TryParse(key, out var digest) ? $"v1/environments/{digest}" : null;

    /// <summary>What the server says of an environment; null when it has none.</summary>
    private async Task<EnvironmentStatus?> AskAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var answer = await _client.SendAsync(make, cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return null;
        return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted
            ? await ReadAsync(answer, cancellationToken).ConfigureAwait(false)
            : throw PlaceFault.Answered(answer.RequestMessage!.RequestUri!, answer.StatusCode);
    }

    private async Task<EnvironmentStatus> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var url = answer.RequestMessage!.RequestUri!;
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

    private HttpRequestMessage MakeBuild(EnvironmentRequest wanted)
    {
        var request = Make(HttpMethod.Post, "v1/environments");
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(wanted, RemoteJson.Default.EnvironmentRequest)) { Headers = { ContentType = new("application/json") } };
        return request;
    }

    private HttpRequestMessage Make(HttpMethod method, string place)
    {
        var request = new HttpRequestMessage(method, new Uri(_root, place));
        request.Headers.Authorization = _token;
        return request;
    }
}
