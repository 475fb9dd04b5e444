using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>
/// Who asked for what last: noted in memory, and written once in a while, so that reading does not write. What is lost with a process is
/// half a minute, and nothing goes that was used within the lease, which is far longer.
/// </summary>
internal sealed class UseLog(CatalogFactory catalogs, TimeProvider clock) : BackgroundService
{
    private const int RowsAtOnce = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, long> _environments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _layers = new(StringComparer.Ordinal);

    public void Environment(string key) => _environments[key] = clock.GetUtcNow().ToUnixTimeMilliseconds();

    public void Layer(string digest) => _layers[digest] = clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Writes what was noted.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        foreach (var some in Take(_environments))
            await catalog.Environments.Where(row => some.Keys.Contains(row.Key) && row.Used < some.Time).ExecuteUpdateAsync(row => row.SetProperty(stored => stored.Used, some.Time), cancellationToken);
        foreach (var some in Take(_layers))
            await catalog.Layers.Where(row => some.Keys.Contains(row.Digest) && row.Used < some.Time).ExecuteUpdateAsync(row => row.SetProperty(stored => stored.Used, some.Time), cancellationToken);
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
