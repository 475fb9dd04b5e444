using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>The public half of a key: it tells who signed.</summary>
public sealed class VerificationKey
{
    private readonly byte[] _info;

    internal VerificationKey(ECDsa key)
    {
        _info = key.ExportSubjectPublicKeyInfo();
        Id = KeyFiles.IdOf(key);
    }

    /// <summary>The key's id: SHA-256 over the public key as SubjectPublicKeyInfo in DER, 64 hex digits.</summary>
    public string Id { get; }

    /// <summary>Reads the public keys of a PEM file, at least one; texts between them are comments.</summary>
    /// <exception cref="DiagnosticException">There is none, or one of another kind, or a private key, which belongs nowhere near (exit code 2).</exception>
    public static IReadOnlyList<VerificationKey> LoadAll(string path) => ParseAll(KeyFiles.Read(path), path);

    internal static IReadOnlyList<VerificationKey> ParseAll(ReadOnlySpan<char> pem, string path)
    {
        var keys = new List<VerificationKey>();
        while (PemEncoding.TryFind(pem, out var found))
        {
            var label = pem[found.Label];
            if (label.EndsWith(KeyFiles.PrivateLabel, StringComparison.Ordinal))
                throw KeyFiles.Unreadable(path, "it holds a private key, where public ones belong");
            if (!label.SequenceEqual(KeyFiles.PublicLabel))
                throw KeyFiles.Unreadable(path, "it holds something that is no public key");
            using var key = ECDsa.Create();
            try
            {
                key.ImportFromPem(pem[found.Location]);
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                throw KeyFiles.WrongKind(path);
            }

            KeyFiles.CheckCurve(key, path);
            keys.Add(new(key));
            pem = pem[found.Location.End..];
        }

        return keys.Count > 0 ? keys : throw KeyFiles.Unreadable(path, "it holds no public key in PEM");
    }

    /// <summary>The key in PEM (RFC 7468), with a line end.</summary>
    public string ToPem() => PemEncoding.WriteString(KeyFiles.PublicLabel, _info) + "\n";

    /// <summary>Whether this key made the signature.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_info, out _);
        try
        {
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // Some platforms say so of a signature that is no DER.
            return false;
        }
    }
}
