using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Remembers, for each source, manifest and target, the newest environment that was taken, below <c>seen/v1</c> of the cache: who offers an
/// older one later may be holding back what was mended since.
/// </summary>
/// <param name="cacheFolder">The cache.</param>
public sealed class SeenEnvironments(string cacheFolder)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private readonly SeenMemory _memory = new(cacheFolder);

    /// <summary>The newest that was taken; null when none was.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="manifest">The manifest's path.</param>
    /// <param name="target">The target.</param>
    public SeenEnvironment? Find(string source, string manifest, Target target)
    {
        return _memory.Read(source, manifest, target.ToString())?.TrimEnd('\n').Split(' ') is [var key, var text]
            && DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new(key, time)
            : null;
    }

    /// <summary>Remembers one that was taken, unless a newer one is known. A cache that cannot be written remembers nothing.</summary>
    public void Note(string source, string manifest, Target target, SeenEnvironment seen)
    {
        if (Find(source, manifest, target) is { } known && known.Time >= seen.Time)
            return;
        _memory.Write($"{seen.Key} {seen.Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}\n", source, manifest, target.ToString());
    }
}
