using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A small file whose last line is the SHA-256 of all before it, so that damage to it does not pass for content.</summary>
internal static class SealedFile
{
    private const int SealLength = 66;

    /// <summary>Writes a new file.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(ToBytes(content));
    }

    /// <summary>The file's bytes: the content with its seal.</summary>
    public static byte[] ToBytes(ReadOnlySpan<byte> content)
    {
        Span<byte> seal = stackalloc byte[SealLength];
        Seal(content, seal);
        return [.. content, .. seal];
    }

    /// <summary>The content of a file that was read whole; null when the seal does not fit.</summary>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= SealLength)
            return default;
        Span<byte> seal = stackalloc byte[SealLength];
        Seal(bytes[..^SealLength], seal);
        return bytes[^SealLength..].SequenceEqual(seal) ? bytes[..^SealLength] : default;
    }

    private static void Seal(ReadOnlySpan<byte> content, Span<byte> seal)
    {
        seal[0] = seal[^1] = (byte)'\n';
        Encoding.ASCII.GetBytes(Sha256Digest.Of(content).ToString(), seal[1..]);
    }
}
