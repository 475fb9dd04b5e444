using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>
/// Who asked for what last: noted in memory, and written once in a while, so that reading does not write. Only the first use in a part of the
/// lease is written before the answer, so that nobody takes out what somebody was just told is here.
/// </summary>
internal sealed class UseLog(ServerSettings settings, CatalogFactory catalogs, TimeProvider clock) : BackgroundService
{
    private const int RowsAtOnce = 200;
    private const int MaxRenewed = 50_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, long> _renewed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _environments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _layers = new(StringComparer.Ordinal);

    /// <summary>Notes that an environment is asked for. Before its row is read: what is found then stays for the lease.</summary>
    public async Task EnvironmentAsync(string key, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        _environments[key] = now;
        if (!IsRenewed(key))
            await WriteEnvironmentsAsync([key], now, cancellationToken);
    }

    /// <summary>The same of layers that somebody will rely on.</summary>
    public async Task LayersAsync(IReadOnlyCollection<string> digests, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var digest in digests)
            _layers[digest] = now;
        foreach (var some in digests.Where(digest => !IsRenewed(digest)).Chunk(RowsAtOnce))
            await WriteLayersAsync(some, now, cancellationToken);
    }

    public void Layer(string digest) => _layers[digest] = clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Writes what was noted.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var (keys, time) in Take(_environments))
            await WriteEnvironmentsAsync(keys, time, cancellationToken);
        foreach (var (keys, time) in Take(_layers))
            await WriteLayersAsync(keys, time, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await WriteAsync(CancellationToken.None);
            }
            catch (Exception e) when (CatalogFactory.IsDatabase(e))
            {
                // What was not written is asked for again, or was not that important.
            }
        }
    }

    /// <summary>Whether a use was written a little ago, so that this one can wait.</summary>
    private bool IsRenewed(string key)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return _renewed.TryGetValue(key, out var last) && now - last < settings.UseLease.TotalMilliseconds / 4;
    }

    private void Renewed(IEnumerable<string> keys, long time)
    {
        if (_renewed.Count >= MaxRenewed)
            _renewed.Clear();
        foreach (var key in keys)
            _renewed[key] = time;
    }

    private async Task WriteEnvironmentsAsync(string[] keys, long time, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await catalog.Environments.Where(row => keys.Contains(row.Key) && row.Used < time).ExecuteUpdateAsync(row => row.SetProperty(stored => stored.Used, time), cancellationToken);
        Renewed(keys, time);
    }

    private async Task WriteLayersAsync(string[] digests, long time, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await catalog.Layers.Where(row => digests.Contains(row.Digest) && row.Used < time).ExecuteUpdateAsync(row => row.SetProperty(stored => stored.Used, time), cancellationToken);
        Renewed(digests, time);
    }

    private static IEnumerable<(string[] Keys, long Time)> Take(ConcurrentDictionary<string, long> noted)
    {
        var taken = new List<KeyValuePair<string, long>>();
        foreach (var key in noted.Keys)
        {
            if (noted.TryRemove(key, out var time))
                taken.Add(new(key, time));
        }

        return taken.Chunk(RowsAtOnce).Select(some => (some.Select(pair => pair.Key).ToArray(), some.Max(pair => pair.Value)));
    }
}
