using System.Text;

namespace VenvBuild.Environments;

/// <summary>
/// Looks at many files of one folder, from the folder itself: the system does not walk the same long path for each. Safe between threads.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="inner">A folder below it in which most files are, relative to it.</param>
internal sealed class FolderLooks(string folder, string inner) : IDisposable
{
    private const int MaxStackBytes = 1024;

    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle? _folder = NativeFiles.OpenFolder(folder);
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle? _inner = NativeFiles.OpenFolder($"{folder}/{inner}");

    /// <summary>What stands at a place, relative to the folder; null where nothing does.</summary>
    public FileLook? At(string place)
    {
        var isInner = _inner is not null && place.Length > inner.Length && place[inner.Length] == '/' && place.StartsWith(inner, StringComparison.Ordinal);
        var from = isInner ? _inner : _folder;
        var rest = isInner ? place.AsSpan(inner.Length + 1) : place;
        if (from is null || Encoding.UTF8.GetMaxByteCount(rest.Length) >= MaxStackBytes)
            return NativeFiles.Look($"{folder}/{place}");
        Span<byte> bytes = stackalloc byte[MaxStackBytes];
        bytes[Encoding.UTF8.GetBytes(rest, bytes)] = 0;
        return NativeFiles.Look(from, bytes, out var isKnown) is var look && isKnown ? look : NativeFiles.Look($"{folder}/{place}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _folder?.Dispose();
        _inner?.Dispose();
    }
}
