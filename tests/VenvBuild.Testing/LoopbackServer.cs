using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VenvBuild.Testing;

/// <summary>An HTTP server on loopback that answers each request as a test says, also with what no proper server would.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<(LoopbackRequest Head, string Body)> _requests = new();
    private readonly Func<LoopbackRequest, string, LoopbackAnswer> _answer;
    private readonly Task _accepting;

    /// <summary>Answers by <paramref name="answer"/>, which is given the request and its body.</summary>
    public LoopbackServer(Func<LoopbackRequest, string, LoopbackAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        Root = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    /// <summary>The server's root.</summary>
    public Uri Root { get; }

    /// <summary>What was asked so far, in order.</summary>
    public IReadOnlyList<(LoopbackRequest Head, string Body)> Requests => [.. _requests];

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
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
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
            try
            {
                await AnswerAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client, or the test, went away.
            }
        }
    }

    /// <summary>One request a connection.</summary>
    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        if (await reader.ReadLineAsync(_stop.Token) is not { } first)
            return;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var length = headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        var body = new char[length];
        // To read nothing would wait for something.
        var count = length == 0 ? 0 : await reader.ReadBlockAsync(body, _stop.Token);
        var request = (new LoopbackRequest(first.Split(' ')[1], headers), new string(body, 0, count));
        _requests.Enqueue(request);
        var answer = _answer(request.Item1, request.Item2);
        if (answer.CloseAfter == 0)
            return;
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} As-Ordered\r\nConnection: close\r\n");
        if (answer.ContentType is not null)
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {answer.ContentType}\r\n");
        foreach (var (name, value) in answer.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (!answer.IsEndless)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {answer.Body.Length}\r\n");
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        if (answer.Stalls)
            await Task.Delay(Timeout.Infinite, _stop.Token);
        await stream.WriteAsync(answer.Body.AsMemory(0, Math.Min(answer.CloseAfter ?? answer.Body.Length, answer.Body.Length)), _stop.Token);
        while (answer.IsEndless)
            await stream.WriteAsync(answer.Body, _stop.Token);
    }
}
