using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// The private half of a key: it signs. It is held as PKCS#8 in PEM, encrypted where there is a passphrase, and shown to nobody: no
/// member gives it away but the one that writes its file.
/// </summary>
public sealed class SigningKey : IDisposable
{
    // What OWASP advised for PBKDF2 with SHA-256 when this was written.
    private const int Iterations = 600_000;

    private readonly ECDsa _key;

    private SigningKey(ECDsa key)
    {
        _key = key;
        Public = new(key);
    }

    /// <summary>The public half.</summary>
    public VerificationKey Public { get; }

    /// <summary>The key's id.</summary>
    public string Id => Public.Id;

    /// <summary>Makes a new key.</summary>
    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a private key's file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">Asked only when the key is encrypted; null when nobody can say it.</param>
    /// <exception cref="DiagnosticException">There is no such key, or the passphrase is missing or wrong (exit code 2).</exception>
    public static SigningKey Load(string path, Func<string?> passphrase)
    {
        // Not as a string, which stays in memory for as long as it likes.
        var pem = KeyFiles.ReadSecret(path);
        try
        {
            return Parse(pem, path, passphrase);
        }
        finally
        {
            Array.Clear(pem);
        }
    }

    internal static SigningKey Parse(ReadOnlySpan<char> pem, string path, Func<string?> passphrase)
    {
        if (!PemEncoding.TryFind(pem, out var found))
            throw KeyFiles.Unreadable(path, "it holds no private key in PEM");
        var label = pem[found.Label];
        var isEncrypted = label.SequenceEqual(KeyFiles.EncryptedLabel);
        if (!isEncrypted && !label.SequenceEqual(KeyFiles.PrivateLabel))
            throw KeyFiles.Unreadable(path, "it holds no private key as PKCS#8");
        var key = ECDsa.Create();
        try
        {
            if (isEncrypted)
                key.ImportFromEncryptedPem(pem[found.Location], passphrase() ?? throw NeedsPassphrase(path, "it is encrypted, and nobody said its passphrase"));
            else
                key.ImportFromPem(pem[found.Location]);
            KeyFiles.CheckCurve(key, path);
            return new(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw isEncrypted ? NeedsPassphrase(path, "the passphrase is not the one it was encrypted with") : KeyFiles.WrongKind(path);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Signs with SHA-256; the answer is DER (RFC 3279).</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var signature = new byte[_key.GetMaxSignatureSize(DSASignatureFormat.Rfc3279DerSequence)];
        return _key.TrySignData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence, out var length)
            ? signature[..length]
            : throw new CryptographicException("The signature is longer than any.");
    }

    /// <summary>
    /// Writes the key into a new file that only this user may read, encrypted (AES-256, PBKDF2) where there is a passphrase.
    /// </summary>
    /// <exception cref="DiagnosticException">There is such a file already, or it cannot be written (exit code 2).</exception>
    public void Save(string path, string? passphrase)
    {
        var key = passphrase is null
            ? _key.ExportPkcs8PrivateKey()
            : _key.ExportEncryptedPkcs8PrivateKey(passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations));
        var pem = PemEncoding.Write(passphrase is null ? KeyFiles.PrivateLabel : KeyFiles.EncryptedLabel, key);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var file = new StreamWriter(path, options);
            file.Write(pem);
            file.Write('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw File.Exists(path) ? Exists(path) : KeyFiles.Unreadable(path, $"it cannot be written: {e.Message.TrimEnd('.')}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            Array.Clear(pem);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    internal static DiagnosticException Exists(string path) => new(ExitCode.Usage, Diagnostic.Error(
        TrustCodes.KeyExists,
        "There is a key already, and a key that is lost cannot be had again.",
        new(path),
        "Choose another name, or replace it with 'dotnet pyenv key rotate', which keeps the old one."));

    private static DiagnosticException NeedsPassphrase(string path, string why) => new(ExitCode.Usage, Diagnostic.Error(
        TrustCodes.Passphrase,
        $"The private key cannot be opened: {why}.",
        new(path),
        "Say it when asked, in VENVBUILD_KEY_PASSPHRASE, or in a file with --passphrase-file."));
}
