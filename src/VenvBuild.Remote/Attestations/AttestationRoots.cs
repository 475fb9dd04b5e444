using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>What attestations are held against: the certificate authorities that may vouch for publishers, and the logs that must have seen it.</summary>
public sealed class AttestationRoots
{
    private const string CertificateLabel = "CERTIFICATE";
    private const int MaxCertificates = 64;

    private AttestationRoots(X509Certificate2Collection roots, X509Certificate2Collection intermediates, IReadOnlyList<VerificationKey> logs) =>
        (Roots, Intermediates, Logs) = (roots, intermediates, logs);

    internal X509Certificate2Collection Roots { get; }

    internal X509Certificate2Collection Intermediates { get; }

    /// <summary>The keys of the logs; none means that entries of logs are not checked.</summary>
    internal IReadOnlyList<VerificationKey> Logs { get; }

    /// <summary>Reads the files.</summary>
    /// <param name="rootsPath">Certificates in PEM: the self-signed ones are roots, the others stand between roots and publishers.</param>
    /// <param name="logsPath">Public keys of transparency logs in PEM (ECDSA P-256); null where entries of logs are not to be checked.</param>
    /// <exception cref="DiagnosticException">A file cannot be read, or holds no root or key (exit code 2).</exception>
    public static AttestationRoots Load(string rootsPath, string? logsPath)
    {
        var (roots, intermediates) = (new X509Certificate2Collection(), new X509Certificate2Collection());
        ReadOnlySpan<char> pem = KeyFiles.Read(rootsPath);
        while (PemEncoding.TryFind(pem, out var found))
        {
            if (!pem[found.Label].SequenceEqual(CertificateLabel))
                throw Unreadable(rootsPath, "it holds something that is no certificate");
            if (roots.Count + intermediates.Count == MaxCertificates)
                throw Unreadable(rootsPath, $"it holds more than {MaxCertificates} certificates");
            try
            {
                var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(pem[found.Base64Data].ToString()));
                (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) ? roots : intermediates).Add(certificate);
            }
            catch (Exception e) when (e is CryptographicException or FormatException)
            {
                throw Unreadable(rootsPath, "one of its certificates cannot be read", e);
            }

            pem = pem[found.Location.End..];
        }

        if (roots.Count == 0)
            throw Unreadable(rootsPath, "it holds no self-signed certificate, which a root is");
        return new(roots, intermediates, logsPath is null ? [] : VerificationKey.LoadAll(logsPath));
    }

    private static DiagnosticException Unreadable(string path, string why, Exception? cause = null) => new(ExitCode.Usage, Diagnostic.Error(
        TrustCodes.RootsUnreadable, $"The roots of attestations cannot be read: {why}.", new(path),
        "Name a file of certificates in PEM: those of the authority (for PyPI: Sigstore's Fulcio), from its own trusted root."), cause);
}
