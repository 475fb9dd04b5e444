using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VenvBuild.Load;

/// <summary>Asks the same again and again over kept connections, with as little work as can be: the machine is the server's.</summary>
internal sealed class RawClient(Uri server, byte[] request)
{
    /// <summary>One request with a JSON body.</summary>
    public static byte[] Post(Uri server, string path, string json) => Encoding.UTF8.GetBytes(FormattableString.Invariant(
        $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}"));

    /// <summary>Runs for a while on so many connections.</summary>
    /// <param name="connections">How many.</param>
    /// <param name="duration">How long.</param>
    /// <param name="rate">How many requests a second in all; null for as many as there can be.</param>
    /// <returns>Requests a second, and each one's time in milliseconds.</returns>
    public async Task<(double Rate, List<double> Times)> RunAsync(int connections, TimeSpan duration, double? rate)
    {
        var begin = Stopwatch.GetTimestamp();
        var runs = Enumerable.Range(0, connections).Select(number => Task.Run(() => ConnectionAsync(begin, duration, rate is { } all ? (connections / all, number / all) : null))).ToList();
        var times = (await Task.WhenAll(runs)).SelectMany(list => list).ToList();
        return (times.Count / Stopwatch.GetElapsedTime(begin).TotalSeconds, times);
    }

    private async Task<List<double>> ConnectionAsync(long begin, TimeSpan duration, (double Interval, double Offset)? pace)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port);
        var buffer = new byte[256 << 10];
        var times = new List<double>(1 << 16);
        for (var number = 0; Stopwatch.GetElapsedTime(begin) < duration; number++)
        {
            if (pace is var (interval, offset))
            {
                var due = TimeSpan.FromSeconds(offset + number * interval) - Stopwatch.GetElapsedTime(begin);
                if (due > TimeSpan.FromMilliseconds(1))
                    await Task.Delay(due);
            }

            var start = Stopwatch.GetTimestamp();
            await socket.SendAsync(request, SocketFlags.None);
            await ReceiveAsync(socket, buffer);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    private static async ValueTask ReceiveAsync(Socket socket, byte[] buffer)
    {
        var (filled, head) = (0, -1);
        while (head < 0)
        {
            filled += await ReadAsync(socket, buffer.AsMemory(filled));
            head = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        }

        if (!buffer.AsSpan(0, filled).StartsWith("HTTP/1.1 200"u8))
            throw new InvalidOperationException(Encoding.UTF8.GetString(buffer, 0, filled));
        var rest = LengthOf(buffer.AsSpan(0, head)) - (filled - head - 4);
        while (rest > 0)
            rest -= await ReadAsync(socket, buffer);
    }

    private static int LengthOf(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) ? length : throw new InvalidOperationException("An answer has no length.");
    }

    private static async ValueTask<int> ReadAsync(Socket socket, Memory<byte> buffer) =>
        await socket.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var count ? count : throw new InvalidOperationException("The server closed a connection.");
}
