using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace VenvBuild.Index;

/// <summary>
/// The folder on this machine in which what was fetched or computed once is kept, shared by all processes of a user. Every room keeps its
/// entries under a noun and a format version of its own; an entry that is damaged counts as missing, and losing the whole folder costs
/// time only.
/// </summary>
public sealed class CacheFolder
{
    // Entries are read whole; a larger one is a damaged or foreign file.
    private const long MaxEntryLength = 256L << 20;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Uses a folder, which need not exist yet.</summary>
    /// <param name="root">The folder's path; a relative one counts from the current folder.</param>
    public CacheFolder(string root) => Root = Path.GetFullPath(root);

    /// <summary>The folder's absolute path.</summary>
    public string Root { get; }

    /// <summary>
    /// The user's folder: <c>VENVBUILD_CACHE</c>, else <c>venvbuild</c> in <c>XDG_CACHE_HOME</c> where that is an absolute path, else the
    /// platform's own place (<c>%LOCALAPPDATA%\venvbuild\cache</c>, <c>~/Library/Caches/venvbuild</c>, <c>~/.cache/venvbuild</c>).
    /// </summary>
    public static CacheFolder Default() => Default(Environment.GetEnvironmentVariable);

    internal static CacheFolder Default(Func<string, string?> environment)
    {
        if (environment("VENVBUILD_CACHE") is { Length: > 0 } chosen)
            return new(chosen);
        if (environment("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg))
            return new(Path.Combine(xdg, "venvbuild"));
        if (OperatingSystem.IsWindows())
            return new(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "venvbuild", "cache"));
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return new(OperatingSystem.IsMacOS()
            ? Path.Combine(home, "Library", "Caches", "venvbuild")
            : Path.Combine(home, ".cache", "venvbuild"));
    }

    /// <summary>A key made of texts: the SHA-256 of all of them, lower-case hex. Different lists of texts have different keys.</summary>
    public static string KeyOf(params ReadOnlySpan<string> texts)
    {
        var length = 0;
        foreach (var text in texts)
            length += sizeof(int) + Encoding.UTF8.GetByteCount(text);
        var content = length <= 1024 ? stackalloc byte[length] : new byte[length];
        var rest = content;
        foreach (var text in texts)
        {
            var written = Encoding.UTF8.GetBytes(text, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, written);
            rest = rest[(sizeof(int) + written)..];
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>The folder of one kind of entry. A new format takes a new version, so that programs of both ages share the cache.</summary>
    /// <param name="noun">What is kept there, such as <c>pages</c>.</param>
    /// <param name="formatVersion">The version of the entries' form.</param>
    public string Folder(string noun, int formatVersion) =>
        Path.Combine(Root, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{noun}-v{formatVersion}"));

    /// <summary>Where an entry lies: fanned out by the first two digits of its key, so that no folder grows long.</summary>
    /// <param name="noun">What is kept there.</param>
    /// <param name="formatVersion">The version of the entries' form.</param>
    /// <param name="key">Lower-case hex, more than two digits.</param>
    public string PathOf(string noun, int formatVersion, string key)
    {
        if (key.Length <= 2 || key.AsSpan().ContainsAnyExcept(HexDigits))
            throw new ArgumentException("A cache key is lower-case hex.", nameof(key));
        return Path.Combine(Folder(noun, formatVersion), key[..2], key[2..]);
    }

    /// <summary>Reads an entry that <see cref="TryWrite"/> wrote.</summary>
    /// <returns>What was written, or null when there is nothing, or something damaged, truncated or unreadable.</returns>
    public byte[]? TryRead(string noun, int formatVersion, string key, out int start)
    {
        start = CacheEntry.HeadLength;
        var path = PathOf(noun, formatVersion, key);
        // To ask first is cheaper by far than the exception of a file that is not there.
        if (!File.Exists(path))
            return null;
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(handle);
            if (length is < CacheEntry.HeadLength or > MaxEntryLength)
                return null;
            var bytes = GC.AllocateUninitializedArray<byte>((int)length);
            for (var at = 0; at < bytes.Length;)
            {
                var count = RandomAccess.Read(handle, bytes.AsSpan(at), at);
                if (count == 0)
                    return null;
                at += count;
            }

            return CacheEntry.IsWhole(bytes) ? bytes : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a file is an entry that <see cref="TryWrite"/> wrote, without damage.</summary>
    public static bool IsWholeEntry(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxEntryLength && CacheEntry.IsWhole(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Writes an entry so that other processes see either the old one or the whole new one. A full disk or a read-only folder is no error:
    /// the cache saves time, it holds nothing that cannot be had again.
    /// </summary>
    /// <returns>Why it could not be written, or null when it was.</returns>
    public string? TryWrite(string noun, int formatVersion, string key, ReadOnlySpan<byte> content)
    {
        var path = PathOf(noun, formatVersion, key);
        string? part = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var head = CacheEntry.HeadOf(content);
            var temporary = $"{path}.{Guid.NewGuid():n}.part";
            part = temporary;
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, head.Length + content.Length))
            {
                RandomAccess.Write(handle, head, 0);
                RandomAccess.Write(handle, content, head.Length);
            }

            // No flush to the medium: the checksum finds what a power cut leaves half written.
            File.Move(temporary, path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(part);
            return e.Message;
        }
    }

    private static void Remove(string? part)
    {
        try
        {
            if (part is not null)
                File.Delete(part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A sibling that stays behind is swept by pruning; what failed before is the news.
        }
    }
}
