using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Asks a resolver server for locks. It waits a bounded time for a bounded answer, follows no redirect, so that the token goes nowhere else,
/// and believes nothing.
/// </summary>
public sealed class ResolverServerClient : IDisposable
{
    /// <summary>The environment variable that holds the token for the server.</summary>
    public const string TokenVariable = "VENVBUILD_SERVER_TOKEN";

    private const int MaxProblemBytes = 1 << 20;

    private readonly HttpClient _client;
    private readonly string? _token;

    /// <summary>Makes ready; nothing is asked yet.</summary>
    /// <param name="server">The server's address, http or https; paths of the contract are below it. Credentials in it are not used.</param>
    /// <param name="token">A bearer token, or null.</param>
    public ResolverServerClient(Uri server, string? token = null)
    {
        Server = new(server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') + "/");
        _token = string.IsNullOrWhiteSpace(token) ? null : token.Trim();
        _client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxResponseHeadersLength = 64,
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The server's address, without credentials, with a slash at its end.</summary>
    public Uri Server { get; }

    /// <summary>How long one request may take, from the first byte sent to the last one read.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Asks for the lock of a manifest.</summary>
    /// <exception cref="ServerFailureException">The server cannot be reached, takes too long, refuses, or answers what is no answer.</exception>
    public async Task<ServerLock> ResolveAsync(LockRequest request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(Server, "v1/locks"))
            {
                Content = Body(request, RemoteJson.Default.LockRequest),
            };
            message.Headers.Accept.ParseAdd("application/toml");
            message.Headers.Accept.ParseAdd("application/problem+json");
            message.Headers.Add(LockMetadata.Header, "yes");
            if (_token is not null)
                message.Headers.Authorization = new("Bearer", _token);
            using var answer = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            if (answer.StatusCode != HttpStatusCode.OK)
                throw await RefusedAsync(answer, patience.Token).ConfigureAwait(false);
            if (answer.Content.Headers.ContentType?.MediaType is not "application/toml")
                throw Bad($"answers with '{answer.Content.Headers.ContentType?.MediaType}' where a lock was asked for");
            var content = await ReadAsync(answer.Content, LockReader.MaxBytes, patience.Token).ConfigureAwait(false);
            return new(content ?? throw Bad("sends a lock that is longer than any lock is"))
            {
                OffersMetadata = answer.Headers.NonValidated.TryGetValues(LockMetadata.Header, out _),
            };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerFailureException(
                RemoteCodes.TooSlow,
                string.Create(CultureInfo.InvariantCulture, $"The resolver server {Server} has not answered within {Patience.TotalSeconds:0.#} s."),
                "It may go on there: run it again later; --no-server leaves it aside.",
                innerException: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ServerFailureException(
                RemoteCodes.Unreachable,
                $"The resolver server {Server} cannot be reached: {Innermost(e).Message.TrimEnd('.')}.",
                "Check its address and whether it runs; --no-server leaves it aside.",
                innerException: e);
        }
    }

    /// <summary>What the files say that stand in a server's place; null when there are none such.</summary>
    /// <exception cref="ServerFailureException">The place cannot be reached, or takes too long.</exception>
    public async Task<StaticTree?> FindTreeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadFileAsync(StaticTree.Path, LockReader.MaxBytes, cancellationToken).ConfigureAwait(false) is { } content
                && JsonSerializer.Deserialize(content, RemoteJson.Default.StaticTree) is { Format: 1, Locks: not null } tree ? tree : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The lock that a tree names, as it is there: not checked but for its digest.</summary>
    /// <exception cref="ServerFailureException">It is not there, another one is, or the place fails.</exception>
    public async Task<ServerLock> ReadLockAsync(Sha256Digest digest, CancellationToken cancellationToken)
    {
        var content = await ReadFileAsync($"v1/locks/{digest}", LockReader.MaxBytes, cancellationToken).ConfigureAwait(false);
        return content is not null && new ServerLock(content) is var found && found.Digest == digest
            ? found
            : throw Bad($"has not got the lock sha256:{digest} that it names");
    }

    /// <summary>The core metadata of a lock's pins, as far as the server has it together, by the digests of the files.</summary>
    /// <returns>The files by digests that were computed here; none where the server has none, or sends what is no such thing.</returns>
    /// <exception cref="ServerFailureException">The server cannot be reached, or takes too long.</exception>
    public async Task<IReadOnlyDictionary<Sha256Digest, ReadOnlyMemory<byte>>> ReadMetadataAsync(Sha256Digest lockDigest, CancellationToken cancellationToken) =>
        LockMetadata.Read(await ReadFileAsync(LockMetadata.PathOf(lockDigest), LockMetadata.MaxBytes, cancellationToken).ConfigureAwait(false) ?? []);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<byte[]?> ReadFileAsync(string path, int limit, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(Server, path));
            if (_token is not null)
                message.Headers.Authorization = new("Bearer", _token);
            using var answer = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            return answer.StatusCode == HttpStatusCode.OK ? await ReadAsync(answer.Content, limit, patience.Token).ConfigureAwait(false) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ServerFailureException(
                RemoteCodes.Unreachable, $"{new Uri(Server, path)} cannot be read: {Innermost(e).Message.TrimEnd('.')}.", "Check its address and whether it runs; --no-server leaves it aside.", innerException: e);
        }
    }

    private static ByteArrayContent Body<T>(T value, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(value, type))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };

    private async Task<ServerFailureException> RefusedAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var problem = await ProblemAsync(answer, cancellationToken).ConfigureAwait(false);
        var status = (int)answer.StatusCode;
        if (problem is null)
        {
            // What serves files takes no POST and answers 403, 404, 405 or 501, or sends on to the folder; what is broken is not asked twice.
            return Bad(
                string.Create(CultureInfo.InvariantCulture, $"answers {status} without saying why: perhaps it is no resolver server"),
                isForeign: status is (>= 300 and < 500) or (int)HttpStatusCode.NotImplemented);
        }

        var why = problem.Detail ?? problem.Title ?? "it does not say why";
        return new(
            RemoteCodes.Refused,
            string.Create(CultureInfo.InvariantCulture, $"The resolver server {Server} refuses ({status}): {Line(why).TrimEnd('.')}."),
            status is 401 or 403 ? $"Put a token into the environment variable {TokenVariable}; whoever runs the server can make one." : null,
            problem);
    }

    private static async Task<ServerProblem?> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not "application/problem+json"
            || await ReadAsync(answer.Content, MaxProblemBytes, cancellationToken).ConfigureAwait(false) is not { } content)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(content, RemoteJson.Default.ServerProblem);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The content, or null when it is longer than it may be.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
            return null;
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var taken = new MemoryStream();
            var buffer = new byte[64 * 1024];
            int count;
            while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (taken.Length + count > limit)
                    return null;
                await taken.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }

            return taken.ToArray();
        }
    }

    private ServerFailureException Bad(string does, bool isForeign = false) => new(
        RemoteCodes.BadAnswer, $"The resolver server {Server} {does}.", "Check its address; --no-server leaves it aside.")
    {
        IsForeign = isForeign,
    };

    /// <summary>A server's words on one line, without what could move a terminal's cursor, and not without end.</summary>
    private static string Line(string text)
    {
        var line = string.Concat(text.ReplaceLineEndings(" ").Where(c => !char.IsControl(c)));
        return line.Length <= 400 ? line : line[..400] + "...";
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
