using System.Buffers;
using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>The SHA-256 of a file, read in pieces.</summary>
internal static class FileDigest
{
    private const int PieceLength = 128 * 1024;

    public static Sha256Digest Of(string path, CancellationToken cancellationToken = default)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            long at = 0;
            while (RandomAccess.Read(file, piece, at) is var read and > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(piece, 0, read);
                at += read;
            }

            return Sha256Digest.FromBytes(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
