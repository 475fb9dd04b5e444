using System.Security.Cryptography;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>What both halves of a key have in common: PEM texts, ECDSA on the curve P-256, and an id.</summary>
internal static class KeyFiles
{
    public const string PublicLabel = "PUBLIC KEY";
    public const string PrivateLabel = "PRIVATE KEY";
    public const string EncryptedLabel = "ENCRYPTED PRIVATE KEY";

    private const int MaxBytes = 64 << 10;
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>The id of a key: SHA-256 over its public half as SubjectPublicKeyInfo (RFC 5280) in DER.</summary>
    public static string IdOf(ECDsa key) => Sha256Digest.Of(key.ExportSubjectPublicKeyInfo()).ToString();

    public static string Read(string path) => new(ReadSecret(path));

    /// <summary>Reads a file of which nothing else keeps a copy: whoever asked clears it.</summary>
    public static char[] ReadSecret(string path)
    {
        byte[] bytes = [];
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > MaxBytes)
                throw Unreadable(path, $"it is larger than {MaxBytes >> 10} KiB, which no file of keys is");
            bytes = File.ReadAllBytes(path);
            return Encoding.UTF8.GetChars(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e is FileNotFoundException or DirectoryNotFoundException ? "it is not there" : e.Message, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Refuses a key on another curve: one kind of key has one strength, and nobody can be talked into a weaker one.</summary>
    public static void CheckCurve(ECDsa key, string path)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        if (!curve.IsNamed || (curve.Oid.Value is { } oid ? oid != P256 : curve.Oid.FriendlyName is not ("nistP256" or "ECDSA_P256")))
            throw WrongKind(path);
    }

    public static DiagnosticException WrongKind(string path) => new(ExitCode.Usage, Diagnostic.Error(
        TrustCodes.KeyKind,
        "The key is of a kind that is not used here: keys are ECDSA on the curve P-256.",
        new(path),
        "Make one with 'dotnet pyenv key new'."));

    public static DiagnosticException Unreadable(string path, string why, Exception? cause = null) => new(ExitCode.Usage, Diagnostic.Error(
        TrustCodes.KeyUnreadable,
        $"The key cannot be read: {why}.",
        new(path),
        "Name the file of a key in PEM; 'dotnet pyenv key new' makes one."), cause);
}
