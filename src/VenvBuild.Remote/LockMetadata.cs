using System.Buffers;
using System.Buffers.Text;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// The core metadata files of a lock's pins in one body: of each its length in decimal digits, a line feed, and its bytes. No name or digest
/// goes with them, as nobody would believe it: who reads it computes the digests, and looks up what an index states.
/// </summary>
public static class LockMetadata
{
    /// <summary>The media type of the body.</summary>
    public const string MediaType = "application/vnd.venvbuild.metadata";

    /// <summary>The header by which a client says that it wants a lock's metadata besides, and the answer that it is there.</summary>
    public const string Header = "VenvBuild-Metadata";

    /// <summary>How long the body may be, unpacked: more than the metadata of any environment takes.</summary>
    public const int MaxBytes = 32 << 20;

    private const int MaxDigits = 8;

    /// <summary>Where the body is, below the server's address.</summary>
    public static string PathOf(Sha256Digest lockDigest) => $"v1/locks/sha256:{lockDigest}/metadata";

    /// <summary>Adds a file to a body.</summary>
    public static void Write(IBufferWriter<byte> body, ReadOnlySpan<byte> file)
    {
        body.Write(Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file.Length}\n")));
        body.Write(file);
    }

    /// <summary>The files by their digests; where the body is cut off or is no such body, those before that.</summary>
    public static IReadOnlyDictionary<Sha256Digest, ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> body)
    {
        var files = new Dictionary<Sha256Digest, ReadOnlyMemory<byte>>();
        while (!body.IsEmpty)
        {
            var head = body.Span[..Math.Min(MaxDigits + 1, body.Length)].IndexOf((byte)'\n');
            if (head <= 0 || !Utf8Parser.TryParse(body.Span[..head], out int length, out var read) || read != head || length < 0 || length > body.Length - head - 1)
                break;
            var file = body.Slice(head + 1, length);
            files[Sha256Digest.Of(file.Span)] = file;
            body = body[(head + 1 + length)..];
        }

        return files;
    }
}
