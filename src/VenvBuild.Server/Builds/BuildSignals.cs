using System.Collections.Concurrent;

namespace VenvBuild.Server;

/// <summary>Says in this process that something was written about a build, here or, as PostgreSQL tells, in another process.</summary>
internal sealed class BuildSignals
{
    /// <summary>The channel that all processes on one PostgreSQL listen to; what is said there is the build's key.</summary>
    public const string Channel = "venvbuild_lines";

    // Others look by themselves after a second; a log that runs need not wake them at each line.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, long> _told = new();

    /// <summary>Given the key of the build that something was written about.</summary>
    public event Action<string>? Written;

    public void Raise(string key) => Written?.Invoke(key);

    /// <summary>Whether other processes are told of a line: of each state, and of a log now and then.</summary>
    public bool IsToldOf(string key, string kind)
    {
        var now = Environment.TickCount64;
        if (kind == BuildLine.State)
        {
            _told.TryRemove(key, out _);
            return true;
        }

        if (_told.TryGetValue(key, out var last) && now - last < Quiet.TotalMilliseconds)
            return false;
        _told[key] = now;
        return true;
    }
}
