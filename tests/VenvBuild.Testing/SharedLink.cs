using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace VenvBuild.Testing;

/// <summary>
/// A network link in front of a server on loopback: so many bits a second in each direction for all connections together, and so long a way.
/// A connection takes a round trip to open. Slow start and loss are not part of it.
/// </summary>
public sealed class SharedLink : IAsyncDisposable
{
    private const int ChunkLength = 16 << 10;
    // What is on its way on one connection: more than the way holds.
    private const int MostChunks = 64;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _server;
    private readonly TimeSpan _oneWay;
    private readonly Direction _up, _down;
    private readonly Task _accepting;

    /// <summary>Puts a link in front of a server.</summary>
    /// <param name="server">An address on loopback.</param>
    /// <param name="megabits">How many million bits a second pass in each direction.</param>
    /// <param name="roundTrip">How long a round trip takes.</param>
    public SharedLink(Uri server, double megabits, TimeSpan roundTrip)
    {
        _server = new(IPAddress.Loopback, server.Port);
        _oneWay = roundTrip / 2;
        (_up, _down) = (new(megabits * 1e6 / 8), new(megabits * 1e6 / 8));
        _listener.Start();
        Address = new UriBuilder(server) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>The server's address by way of the link.</summary>
    public Uri Address { get; }

    /// <summary>How many bytes have come from the server so far.</summary>
    public long BytesDown => _down.Bytes;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is over.
        }

        await Task.WhenAll(connections);
    }

    private async Task RelayAsync(TcpClient near)
    {
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        using (near)
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
        {
            try
            {
                await far.ConnectAsync(_server, ended.Token);
                await Task.Delay(_oneWay * 2, ended.Token);
                await Task.WhenAll(PassAsync(near, far, _up, ended.Token), PassAsync(far, near, _down, ended.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // One end went away, and so does the other.
                await ended.CancelAsync();
            }
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, Direction direction, CancellationToken cancellationToken)
    {
        var onTheWay = Channel.CreateBounded<(byte[] Chunk, int Length, long Due)>(MostChunks);
        var arriving = ArriveAsync(onTheWay.Reader, to, cancellationToken);
        try
        {
            while (true)
            {
                var chunk = ArrayPool<byte>.Shared.Rent(ChunkLength);
                var length = await from.GetStream().ReadAsync(chunk.AsMemory(0, ChunkLength), cancellationToken);
                if (length == 0)
                    break;
                var sent = direction.Send(length);
                await onTheWay.Writer.WriteAsync((chunk, length, sent + ToTicks(_oneWay)), cancellationToken);
                // The next is not taken from the sender while this one is still being sent.
                await UntilAsync(sent, cancellationToken);
            }
        }
        finally
        {
            onTheWay.Writer.Complete();
        }

        await arriving;
    }

    private static async Task ArriveAsync(ChannelReader<(byte[] Chunk, int Length, long Due)> onTheWay, TcpClient to, CancellationToken cancellationToken)
    {
        await foreach (var (chunk, length, due) in onTheWay.ReadAllAsync(cancellationToken))
        {
            await UntilAsync(due, cancellationToken);
            await to.GetStream().WriteAsync(chunk.AsMemory(0, length), cancellationToken);
            ArrayPool<byte>.Shared.Return(chunk);
        }

        to.Client.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Waits for a moment. Timers are coarse: what is less than one of their steps away is taken as now, and made good by the next.</summary>
    private static Task UntilAsync(long due, CancellationToken cancellationToken)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        return left > TimeSpan.FromMilliseconds(1) ? Task.Delay(left, cancellationToken) : Task.CompletedTask;
    }

    private static long ToTicks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);

    /// <summary>One direction: what is sent waits for what was sent before.</summary>
    private sealed class Direction(double bytesPerSecond)
    {
        private readonly Lock _lock = new();
        private long _free;

        public long Bytes { get; private set; }

        /// <summary>Takes the link for so many bytes, and answers when the last of them is sent.</summary>
        public long Send(int bytes)
        {
            lock (_lock)
            {
                Bytes += bytes;
                return _free = Math.Max(_free, Stopwatch.GetTimestamp()) + (long)(bytes / bytesPerSecond * Stopwatch.Frequency);
            }
        }
    }
}
