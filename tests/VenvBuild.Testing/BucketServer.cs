using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace VenvBuild.Testing;

/// <summary>
/// A service that speaks as S3 does, on loopback, with one bucket: s3rver of the npm registry, and in front of it what s3rver lacks:
/// signatures are checked (<see cref="BucketSignature"/>), strangers are turned away, uploads in parts can be listed and ended, a
/// range of another version than the one that is asked for is refused, and so is an object that should not be there or be another.
/// </summary>
public sealed class BucketServer : IAsyncDisposable
{
    /// <summary>The bucket that is there.</summary>
    public const string Bucket = "layers";

    /// <summary>The key that may do all.</summary>
    public const string Key = "S3RVER";

    /// <summary>Its secret.</summary>
    public const string Secret = "S3RVER";

    private const string Variable = "VENVBUILD_S3RVER";

    private readonly TestFolder _folder = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None });
    private readonly ConcurrentDictionary<string, (string Key, DateTimeOffset Begun)> _uploads = new();
    private readonly SemaphoreSlim _writing = new(1);
    private HttpListener _front = new();
    private Task _accepting = Task.CompletedTask;
    private Process _process = null!;
    private Uri _behind = null!;

    private BucketServer()
    {
    }

    /// <summary>Its address; it stays when the server is started again.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>Whether anybody may read without a signature.</summary>
    public bool IsPublic { get; set; }

    /// <summary>What it answers to conditions on what is written, as services do that know none: null to keep them, 0 to pass them over, else a status.</summary>
    public int? AnswerToConditions { get; set; }

    /// <summary>Answers some requests otherwise: a status to give instead, or null; given the method and the path with its query.</summary>
    public Func<string, string, int?>? Fault { get; set; }

    /// <summary>Ends answers after this many bytes of the body, once for each; null for never.</summary>
    public int? CutAfter { get; set; }

    /// <summary>The requests so far, such as <c>GET /layers/key</c>.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>The uploads in parts that have begun and not ended.</summary>
    public int OpenUploads => _uploads.Count;

    /// <summary>Starts one; skips the test where node or s3rver is missing (<c>VENVBUILD_S3RVER</c> names the folder it was installed in).</summary>
    public static async Task<BucketServer> StartAsync()
    {
        Require.That(Program() is not null && FindNode() is not null, $"node, and s3rver in the folder that {Variable} names");
        var server = new BucketServer();
        await server.RestartAsync().ConfigureAwait(false);
        return server;
    }

    /// <summary>Ends it; <see cref="RestartAsync"/> brings it back at its address.</summary>
    public async Task StopAsync()
    {
        _front.Close();
        await _accepting.ConfigureAwait(false);
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Starts it again.</summary>
    public async Task RestartAsync()
    {
        await RunAsync().ConfigureAwait(false);
        Endpoint ??= new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}"));
        _front = new();
        _front.Prefixes.Add(Endpoint.AbsoluteUri);
        _front.Start();
        _accepting = AcceptAsync(_front);
    }

    /// <summary>The keys of the objects that are visible.</summary>
    public IReadOnlyList<string> Keys() =>
    [
        .. Directory.EnumerateFiles(_folder.File(Bucket), "*._S3rver_object", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_folder.File(Bucket), path).Replace("._S3rver_object", "", StringComparison.Ordinal).Replace('\\', '/'))
            .Where(key => !key.Contains("_S3rver_uploads", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Puts other bytes at a key, or takes them away with null.</summary>
    public void Replace(string key, byte[]? content)
    {
        var path = _folder.File(Bucket, $"{key}._S3rver_object");
        if (content is null)
            File.Delete(path);
        else
            File.WriteAllBytes(path, content);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await StopAsync().ConfigureAwait(false);
        _process.Dispose();
        _client.Dispose();
        _writing.Dispose();
        _folder.Dispose();
    }

    private async Task AcceptAsync(HttpListener front)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await front.GetContextAsync().ConfigureAwait(false)));
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // It was stopped.
        }

        await Task.WhenAll(serving).ConfigureAwait(false);
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body).ConfigureAwait(false);
            await AnswerAsync(context, body.ToArray()).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or HttpRequestException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            context.Response.Abort();
        }
    }

    private async Task AnswerAsync(HttpListenerContext context, byte[] body)
    {
        var (request, target) = (context.Request, context.Request.RawUrl!);
        _requests.Enqueue($"{request.HttpMethod} {target}");
        if (Fault?.Invoke(request.HttpMethod, target) is { } status)
        {
            await RefuseAsync(context, status, "InternalError").ConfigureAwait(false);
            return;
        }

        var isReading = request.HttpMethod is "GET" or "HEAD";
        if (BucketSignature.Fault(request, body, Key, Secret) is { } fault && !(fault == BucketSignature.Missing && IsPublic && isReading))
        {
            await RefuseAsync(context, 403, fault).ConfigureAwait(false);
            return;
        }

        var path = target.Split('?')[0];
        var query = request.QueryString;
        if (request.HttpMethod == "GET" && query.AllKeys.Any(key => key == "uploads" || (key is null && query[null] == "uploads")))
        {
            await WriteAsync(context, 200, $"<ListMultipartUploadsResult><Bucket>{Bucket}</Bucket><IsTruncated>false</IsTruncated>{string.Concat(_uploads.Select(upload =>
                $"<Upload><Key>{upload.Value.Key}</Key><UploadId>{upload.Key}</UploadId><Initiated>{upload.Value.Begun:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}</Initiated></Upload>"))}</ListMultipartUploadsResult>").ConfigureAwait(false);
            return;
        }

        if (request.HttpMethod == "DELETE" && query["uploadId"] is { } ended)
        {
            context.Response.StatusCode = _uploads.TryRemove(ended, out _) ? 204 : 404;
            return;
        }

        if (request.HttpMethod != "PUT" || AnswerToConditions == 0 || (request.Headers["If-Match"] ?? request.Headers["If-None-Match"]) is null)
        {
            await ForwardAsync(context, target, path, body).ConfigureAwait(false);
            return;
        }

        if (AnswerToConditions is { } answer)
        {
            await RefuseAsync(context, answer, "NotImplemented").ConfigureAwait(false);
            return;
        }

        // Looking and writing are one.
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            using var there = await _client.SendAsync(new(HttpMethod.Head, new Uri(_behind, target))).ConfigureAwait(false);
            var tag = there.IsSuccessStatusCode ? there.Headers.ETag?.Tag : null;
            if (request.Headers["If-None-Match"] is not null ? tag is not null : tag != request.Headers["If-Match"])
                await RefuseAsync(context, tag is null ? 404 : 412, "PreconditionFailed").ConfigureAwait(false);
            else
                await ForwardAsync(context, target, path, body).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ForwardAsync(HttpListenerContext context, string target, string path, byte[] body)
    {
        var request = context.Request;
        using var message = new HttpRequestMessage(new(request.HttpMethod), new Uri(_behind, target));
        if (request.HttpMethod is "PUT" or "POST")
            message.Content = new ByteArrayContent(body);
        foreach (var name in request.Headers.AllKeys.OfType<string>())
        {
            // s3rver knows no condition but none-match; those of others are met here.
            if (name.ToUpperInvariant() is "HOST" or "CONTENT-LENGTH" or "TRANSFER-ENCODING" or "EXPECT" or "CONNECTION" or "IF-MATCH" or "IF-NONE-MATCH" or "IF-RANGE")
                continue;
            if (!message.Headers.TryAddWithoutValidation(name, request.Headers[name]))
                message.Content?.Headers.TryAddWithoutValidation(name, request.Headers[name]);
        }

        using var answer = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        if (request.HttpMethod == "GET" && request.Headers["If-Match"] is { } wanted && answer.Headers.ETag is { } tag && tag.Tag != wanted)
        {
            await RefuseAsync(context, 412, "PreconditionFailed").ConfigureAwait(false);
            return;
        }

        var bytes = await answer.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        if (request.HttpMethod == "POST" && answer.IsSuccessStatusCode)
            NoteUpload(request, path, Encoding.UTF8.GetString(bytes));
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (name.ToUpperInvariant() is not ("CONTENT-LENGTH" or "TRANSFER-ENCODING" or "CONNECTION" or "KEEP-ALIVE" or "DATE"))
                response.Headers[name] = string.Join(", ", values);
        }

        response.ContentLength64 = answer.Content.Headers.ContentLength ?? bytes.Length;
        if (request.HttpMethod == "HEAD")
            return;
        if (CutAfter is { } length && length < bytes.Length)
        {
            CutAfter = null;
            await response.OutputStream.WriteAsync(bytes.AsMemory(0, length)).ConfigureAwait(false);
            await response.OutputStream.FlushAsync().ConfigureAwait(false);
            throw new IOException("As ordered.");
        }

        await response.OutputStream.WriteAsync(bytes).ConfigureAwait(false);
    }

    private void NoteUpload(HttpListenerRequest request, string path, string xml)
    {
        if (request.QueryString["uploadId"] is { } completed)
            _uploads.TryRemove(completed, out _);
        else if (xml.IndexOf("<UploadId>", StringComparison.Ordinal) is >= 0 and var at)
            _uploads[xml[(at + 10)..xml.IndexOf("</UploadId>", StringComparison.Ordinal)]] = (Uri.UnescapeDataString(path[(Bucket.Length + 2)..]), DateTimeOffset.UtcNow);
    }

    private static Task RefuseAsync(HttpListenerContext context, int status, string code) =>
        WriteAsync(context, status, $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>As ordered.</Message></Error>");

    private static async Task WriteAsync(HttpListenerContext context, int status, string xml)
    {
        var bytes = Encoding.UTF8.GetBytes(xml);
        (context.Response.StatusCode, context.Response.ContentType, context.Response.ContentLength64) = (status, "application/xml", bytes.Length);
        if (context.Request.HttpMethod != "HEAD")
            await context.Response.OutputStream.WriteAsync(bytes).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        var start = new ProcessStartInfo(FindNode()!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in new[] { Program()!, "-d", _folder.Path, "-a", "127.0.0.1", "-p", "0", "--no-vhost-buckets", "--configure-bucket", Bucket })
            start.ArgumentList.Add(word);
        var listens = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new() { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, _) => { };
        _process.Exited += (_, _) => listens.TrySetException(new InvalidOperationException("s3rver ended."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var port = await listens.Task.WaitAsync(TimeSpan.FromSeconds(60)).ConfigureAwait(false);
        _behind = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

        void Take(string? line)
        {
            const string Says = "listening on 127.0.0.1:";
            if (line?.IndexOf(Says, StringComparison.Ordinal) is >= 0 and var at && int.TryParse(line.AsSpan(at + Says.Length), CultureInfo.InvariantCulture, out var found))
                listens.TrySetResult(found);
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Program() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder
        && Path.Combine(folder, "node_modules", "s3rver", "bin", "s3rver.js") is var path && File.Exists(path) ? path : null;

    private static string? FindNode() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node")).FirstOrDefault(File.Exists);
}
