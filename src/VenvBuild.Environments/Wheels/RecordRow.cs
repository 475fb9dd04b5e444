using System.Security.Cryptography;

namespace VenvBuild.Environments;

/// <summary>What RECORD promises about one file: its digest and, where it is given, its size in bytes.</summary>
internal readonly record struct RecordRow(HashAlgorithmName Algorithm, byte[]? Digest, long? Size)
{
    public bool IsPromise => Digest is { Length: > 0 };
}
