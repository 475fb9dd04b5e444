using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace VenvBuild.Testing;

/// <summary>
/// A package index inside the test's process, on loopback, over bare sockets so that it can misbehave: pages in JSON and HTML, metadata
/// files, archives with ranges; answers ordered for a path come before proper ones. It counts what it is asked.
/// </summary>
public sealed class LoopbackIndex : IAsyncDisposable
{
    private const string JsonType = "application/vnd.pypi.simple.v1+json";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, List<LoopbackFile>> _projects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _bodies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<LoopbackAnswer>> _ordered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LoopbackAnswer> _always = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<LoopbackRequest> _requests = new();
    private readonly Task _accepting;

    public LoopbackIndex()
    {
        _listener.Start();
        Root = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    /// <summary>The server's root.</summary>
    public Uri Root { get; }

    /// <summary>The root of the simple API.</summary>
    public Uri Simple => new(Root, "simple/");

    /// <summary>What was asked so far, in order.</summary>
    public IReadOnlyList<LoopbackRequest> Requests => [.. _requests];

    /// <summary><c>user:password</c> that every request must bring, or null.</summary>
    public string? Authorization { get; set; }

    /// <summary>Whether only HTML is offered.</summary>
    public bool HtmlOnly { get; set; }

    /// <summary>Whether parts of files are served.</summary>
    public bool ServesRanges { get; set; } = true;

    /// <summary>Whether files have entity tags, by which transfers are resumed.</summary>
    public bool FilesHaveTags { get; set; } = true;

    /// <summary>The pages' Cache-Control; null sends none.</summary>
    public string? PageCacheControl { get; set; } = "max-age=600, public";

    /// <summary>How bodies are packed for those who accept it: gzip, br, or null.</summary>
    public string? Encoding { get; set; } = "gzip";

    /// <summary>How long each answer is held back.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary><c>status</c> and <c>reason</c> of a project (PEP 792).</summary>
    public ConcurrentDictionary<string, (string Status, string? Reason)> Statuses { get; } = new(StringComparer.Ordinal);

    /// <summary>Makes a project known, with no files.</summary>
    public void AddProject(string project) => _projects.TryAdd(project, []);

    /// <summary>Adds a file and, where it has one, its metadata.</summary>
    public LoopbackFile Add(LoopbackFile file)
    {
        var files = _projects.GetOrAdd(file.Project, _ => []);
        lock (files)
            files.Add(file);
        _bodies[file.Path] = file.Content;
        if (file.Metadata is not null)
            _bodies[file.Path + ".metadata"] = file.Metadata;
        if (file.Provenance is not null)
            _bodies[file.Path + ".provenance"] = file.Provenance;
        return file;
    }

    /// <summary>Serves bytes at a path that no page lists.</summary>
    public void Serve(string path, byte[] content) => _bodies[path] = content;

    /// <summary>Takes a file's content away; its page still lists it.</summary>
    public void Lose(string path) => _bodies.TryRemove(path, out _);

    /// <summary>Answers the next requests for a path with these, in order, and properly afterwards.</summary>
    public void Order(string path, params LoopbackAnswer[] answers)
    {
        var queue = _ordered.GetOrAdd(path, _ => new());
        foreach (var answer in answers)
            queue.Enqueue(answer);
    }

    /// <summary>Answers every request for a path with this.</summary>
    public void Always(string path, LoopbackAnswer answer) => _always[path] = answer;

    /// <summary>How often a path was asked for.</summary>
    public int Count(string path) => _requests.Count(request => request.Path == path);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                connections.Add(ServeAsync(client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            client.NoDelay = true;
            try
            {
                var stream = client.GetStream();
                var buffered = new BufferedStream(stream, 8192);
                while (await ReadRequestAsync(buffered, stream) is { } request)
                {
                    if (!await AnswerAsync(stream, request))
                        break;
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client, or the test, went away.
            }
        }
    }

    private async Task<LoopbackRequest?> ReadRequestAsync(BufferedStream stream, NetworkStream answers)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < 4 || head[^1] != '\n' || head[^2] != '\r' || head[^3] != '\n')
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return null;
            if (head.Length == 0 && !char.IsAsciiLetterUpper((char)one[0]))
                return await RefuseAsync(answers);
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var request = new LoopbackRequest(lines[0].Split(' ')[1], headers);
        _requests.Enqueue(request);
        return request;
    }

    /// <summary>What comes is no HTTP, such as the greeting of TLS.</summary>
    private async Task<LoopbackRequest?> RefuseAsync(NetworkStream stream)
    {
        await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), _stop.Token);
        return null;
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, LoopbackRequest request)
    {
        if (Latency > TimeSpan.Zero)
            await Task.Delay(Latency, _stop.Token);
        var answer = Choose(request);
        if (answer.CloseAfter == 0)
        {
            // A reset, not an orderly end.
            stream.Socket.LingerState = new(true, 0);
            return false;
        }

        await stream.WriteAsync(Head(answer), _stop.Token);
        if (answer.Status == 304)
            return true;
        var part = answer.CloseAfter ?? (answer.Stalls ? answer.Body.Length / 2 : answer.Body.Length);
        await stream.WriteAsync(answer.Body.AsMemory(0, Math.Min(part, answer.Body.Length)), _stop.Token);
        if (answer.Stalls)
            await Task.Delay(Timeout.Infinite, _stop.Token);
        while (answer.IsEndless)
            await stream.WriteAsync(answer.Body, _stop.Token);
        return answer.CloseAfter is null;
    }

    private static byte[] Head(LoopbackAnswer answer)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} As-Ordered\r\n");
        if (answer.ContentType is not null)
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {answer.ContentType}\r\n");
        foreach (var (name, value) in answer.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (!answer.IsEndless && answer.Status != 304)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Body.Length}\r\n");
        return System.Text.Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    private LoopbackAnswer Choose(LoopbackRequest request)
    {
        if (Authorization is { } expected
            && request.Header("Authorization") != "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(expected)))
        {
            return LoopbackAnswer.OfStatus(401, ("WWW-Authenticate", "Basic realm=\"loopback\""));
        }

        if (_ordered.TryGetValue(request.Path, out var queue) && queue.TryDequeue(out var ordered))
            return ordered;
        if (_always.TryGetValue(request.Path, out var always))
            return always;
        var path = Uri.UnescapeDataString(request.Path);
        if (path.StartsWith("/simple/", StringComparison.Ordinal) && _projects.TryGetValue(path[8..].TrimEnd('/'), out var files))
            return Page(request, path[8..].TrimEnd('/'), files);
        return _bodies.TryGetValue(path, out var body) ? File(request, body) : LoopbackAnswer.OfStatus(404);
    }

    private LoopbackAnswer Page(LoopbackRequest request, string project, List<LoopbackFile> files)
    {
        LoopbackFile[] listed;
        lock (files)
            listed = [.. files];
        var status = Statuses.TryGetValue(project, out var stated) ? stated : default;
        var isJson = !HtmlOnly && request.Header("Accept")?.Contains(JsonType, StringComparison.Ordinal) == true;
        var body = System.Text.Encoding.UTF8.GetBytes(isJson ? LoopbackPage.Json(project, listed, status) : LoopbackPage.Html(project, listed, status));
        var headers = new Dictionary<string, string> { ["ETag"] = Tag(body) };
        if (PageCacheControl is not null)
            headers["Cache-Control"] = PageCacheControl;
        if (request.Header("If-None-Match") == headers["ETag"])
            return new(304, null, []) { Headers = headers };
        if (Encoding is { } encoding && request.Header("Accept-Encoding")?.Contains(encoding, StringComparison.Ordinal) == true)
        {
            headers["Content-Encoding"] = encoding;
            body = Pack(body, encoding);
        }

        return new(200, isJson ? JsonType : "text/html; charset=utf-8", body) { Headers = headers };
    }

    private LoopbackAnswer File(LoopbackRequest request, byte[] body)
    {
        var headers = new Dictionary<string, string>();
        if (FilesHaveTags)
            headers["ETag"] = Tag(body);
        var range = request.Header("Range");
        if (!ServesRanges || range is null || (request.Header("If-Range") is { } tag && tag != headers.GetValueOrDefault("ETag")))
            return new(200, "application/octet-stream", body) { Headers = headers };
        var (from, to) = (range["bytes=".Length..].Split('-')[0], range.Split('-')[1]);
        var first = from.Length == 0 ? Math.Max(0, body.Length - Number(to)) : Number(from);
        var last = from.Length == 0 || to.Length == 0 ? body.Length - 1 : Math.Min(Number(to), body.Length - 1);
        if (first > last)
            return LoopbackAnswer.OfStatus(416);
        headers["Content-Range"] = $"bytes {first}-{last}/{body.Length}";
        return new(206, "application/octet-stream", body[first..(last + 1)]) { Headers = headers };
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Tag(byte[] body) => $"\"{Convert.ToHexStringLower(SHA256.HashData(body)[..8])}\"";

    private static byte[] Pack(byte[] body, string encoding)
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding == "br" ? new BrotliStream(packed, CompressionLevel.Fastest, true) : new GZipStream(packed, CompressionLevel.Fastest, true))
            packer.Write(body);
        return packed.ToArray();
    }
}
