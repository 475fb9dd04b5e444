using System.Collections.Concurrent;

namespace VenvBuild.Workspace;

/// <summary>The servers that failed in this run: each is complained of once, and left aside from then on.</summary>
internal sealed class FailedServers
{
    private readonly ConcurrentDictionary<Uri, bool> _failed = new();

    public bool Contains(Uri server) => _failed.ContainsKey(server);

    /// <summary>Whether this is the server's first failure.</summary>
    public bool Add(Uri server) => _failed.TryAdd(server, true);
}
