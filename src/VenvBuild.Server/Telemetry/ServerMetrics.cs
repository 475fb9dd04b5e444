using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VenvBuild.Server;

/// <summary>What the server counts and measures, in the words of its domain.</summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The name of the meter and of the source of traces.</summary>
    public const string Name = "VenvBuild.Server";

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _answers, _solves, _builds, _layerBytes, _indexRequests;
    private readonly Histogram<double> _solveTime, _buildTime, _buildWait;
    private readonly CatalogFactory _catalogs;
    private readonly Lock _lock = new();
    private long _lastLook;
    private (int Queued, int Building) _queue;

    public ServerMetrics(CatalogFactory catalogs)
    {
        _catalogs = catalogs;
        _answers = _meter.CreateCounter<long>("venvbuild.lock.answers", description: "Answers to requests for locks, by where they came from: memory, database, or a solve.");
        _solves = _meter.CreateCounter<long>("venvbuild.solves", description: "Solves, by what became of them.");
        _solveTime = _meter.CreateHistogram<double>("venvbuild.solve.duration", "s", "How long solves took.");
        _builds = _meter.CreateCounter<long>("venvbuild.builds", description: "Attempts at builds, by what became of them and by platform.");
        _buildTime = _meter.CreateHistogram<double>("venvbuild.build.duration", "s", "How long attempts at builds took.");
        _buildWait = _meter.CreateHistogram<double>("venvbuild.build.wait", "s", "How long builds waited for a worker.");
        _layerBytes = _meter.CreateCounter<long>("venvbuild.layer.transferred", "By", "Bytes of layers that came in and went out through this process.");
        _indexRequests = _meter.CreateCounter<long>("venvbuild.index.requests", description: "Questions of solves about pages and metadata, by who answered: the catalog, the cache, or the index.");
        _meter.CreateObservableGauge("venvbuild.queue.length", Queue, description: "Builds that are queued and under way, of all processes.");
    }

    /// <summary>Where traces of solves and builds begin.</summary>
    public static ActivitySource Traces { get; } = new(Name);

    public void Answered(string from) => _answers.Add(1, new KeyValuePair<string, object?>("from", from));

    public void Solved(string outcome, TimeSpan time)
    {
        _solves.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _solveTime.Record(time.TotalSeconds);
    }

    public void Began(TimeSpan wait) => _buildWait.Record(wait.TotalSeconds);

    public void Built(string outcome, string platform, TimeSpan time)
    {
        TagList tags = [new("outcome", outcome), new("platform", platform)];
        _builds.Add(1, tags);
        _buildTime.Record(time.TotalSeconds, tags);
    }

    public void Transferred(string direction, long bytes) => _layerBytes.Add(bytes, new KeyValuePair<string, object?>("direction", direction));

    public void Asked(string what, string answeredBy) => _indexRequests.Add(1, [new("what", what), new("answered_by", answeredBy)]);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Queue()
    {
        lock (_lock)
        {
            if (_lastLook == 0 || Stopwatch.GetElapsedTime(_lastLook) > LookInterval)
            {
                _lastLook = Stopwatch.GetTimestamp();
                try
                {
                    using var catalog = _catalogs.Open();
                    var counts = catalog.Builds.Where(row => row.State == BuildState.Queued || row.State == BuildState.Building).GroupBy(row => row.State).Select(group => new { group.Key, Count = group.Count() }).ToList();
                    _queue = (counts.Find(row => row.Key == BuildState.Queued)?.Count ?? 0, counts.Find(row => row.Key == BuildState.Building)?.Count ?? 0);
                }
                catch (Exception e) when (CatalogFactory.IsDatabase(e))
                {
                    // What was last known.
                }
            }

            return [new(_queue.Queued, new KeyValuePair<string, object?>("state", "queued")), new(_queue.Building, new KeyValuePair<string, object?>("state", "building"))];
        }
    }
}
