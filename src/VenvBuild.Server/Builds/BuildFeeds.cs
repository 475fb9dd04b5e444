using System.Collections.Concurrent;

namespace VenvBuild.Server;

/// <summary>The logs that somebody reads now: one feed for each build, however many read it.</summary>
internal sealed class BuildFeeds : IDisposable
{
    private readonly ConcurrentDictionary<string, BuildFeed> _feeds = new();
    private readonly BuildStore _builds;
    private readonly BuildSignals _signals;

    public BuildFeeds(BuildStore builds, BuildSignals signals)
    {
        (_builds, _signals) = (builds, signals);
        signals.Written += Wake;
    }

    /// <summary>How many builds are followed.</summary>
    public int Count => _feeds.Count;

    /// <summary>Follows a build; whoever was given the feed disposes it once.</summary>
    public BuildFeed Open(string key)
    {
        while (true)
        {
            var feed = _feeds.GetOrAdd(key, static (key, feeds) => new(key, feeds._builds, left => feeds._feeds.TryRemove(new(key, left))), this);
            if (feed.Join())
                return feed;
            // Its last reader has just left, or the build has ended; the next one begins anew.
            _feeds.TryRemove(new(key, feed));
        }
    }

    public void Dispose() => _signals.Written -= Wake;

    private void Wake(string key)
    {
        if (_feeds.TryGetValue(key, out var feed))
            feed.Wake();
    }
}
