using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>Writes to the cache; that it cannot is said once and harms nothing.</summary>
internal sealed class CacheWriter(CacheFolder folder, Action<Diagnostic>? report)
{
    private int _hasWarned;

    public void Write(string noun, int formatVersion, string key, ReadOnlySpan<byte> content)
    {
        if (folder.TryWrite(noun, formatVersion, key, content) is { } problem && Interlocked.Exchange(ref _hasWarned, 1) == 0)
        {
            report?.Invoke(Diagnostic.Warning(
                IndexCodes.CacheNotWritable,
                $"The cache folder {folder.Root} cannot be written, so the next run fetches again: {problem}",
                remedy: "Free or allow the space, or name another folder in VENVBUILD_CACHE."));
        }
    }
}
