using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Holds what an index offers as the provenance of a file (PEP 740) against the publisher that a manifest demands. No network is needed.
/// </summary>
/// <remarks>
/// Verified: the statement names the file and its SHA-256; the certificate's key (ECDSA P-256) signed the statement (DSSE); the certificate
/// leads to one of the roots, was valid at the time of signing and may sign code; the identity in it is the publisher's repository and
/// workflow. With keys of logs also: the log's entry is of this attestation, its signed tree head covers the entry (the Merkle path), and
/// the log signed the time. Without them the time of signing is taken from the entry unproven. Not verified: the certificate authority's own
/// log (signed certificate timestamps), revocation (the certificates live ten minutes), that the log is one and the same for all (witnesses),
/// the environment and ref that the workflow ran in, and what a predicate says of the build.
/// </remarks>
public sealed class AttestationVerifier(AttestationRoots roots)
{
    /// <summary>The largest provenance that is read, in bytes.</summary>
    public const int MaxBytes = 4 << 20;

    private const string StatementType = "https://in-toto.io/Statement/v1";
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    // Of Fulcio's certificate extensions: issuer, source repository, and the workflow with its ref, each a UTF8String.
    private const string IssuerOid = "1.3.6.1.4.1.57264.1.8";
    private const string RepositoryOid = "1.3.6.1.4.1.57264.1.12";
    private const string WorkflowOid = "1.3.6.1.4.1.57264.1.18";

    private const int MaxBundles = 16;
    private const int MaxAttestations = 64;

    private static readonly string[] Predicates = ["https://docs.pypi.org/attestations/publish/v1", "https://slsa.dev/provenance/v1"];

    /// <summary>Whether entries of logs are checked.</summary>
    public bool ChecksLogs => roots.Logs.Count > 0;

    /// <summary>Checks that the publisher attested to a file.</summary>
    /// <param name="provenance">What the index offers.</param>
    /// <param name="fileName">The file's name.</param>
    /// <param name="digest">The file's digest.</param>
    /// <param name="publisher">The publisher that is demanded.</param>
    /// <exception cref="AttestationException">It did not, or that cannot be seen from what is offered.</exception>
    public void Check(ReadOnlySpan<byte> provenance, string fileName, Sha256Digest digest, Publisher publisher)
    {
        var document = Read(provenance);
        AttestationException? first = null;
        var others = new List<Publisher>();
        foreach (var bundle in document.Bundles)
        {
            var claimed = new Publisher(bundle.Publisher.Kind ?? "", bundle.Publisher.Repository ?? "", bundle.Publisher.Workflow ?? bundle.Publisher.WorkflowPath ?? "");
            if (!claimed.IsSame(publisher))
            {
                others.Add(claimed);
                continue;
            }

            foreach (var attestation in bundle.Attestations)
            {
                try
                {
                    Check(attestation, fileName, digest, publisher);
                    return;
                }
                catch (AttestationException e)
                {
                    first ??= e;
                }
                catch (Exception e) when (e is CryptographicException or AsnContentException or FormatException or ArgumentException or JsonException)
                {
                    first ??= new("it is malformed", e);
                }
            }
        }

        throw first ?? new(others.Count == 0 ? "nobody attested to it" : $"it was published by {Shown(others[0])}");
    }

    private static ProvenanceDocument Read(ReadOnlySpan<byte> provenance)
    {
        try
        {
            if (provenance.Length > MaxBytes || JsonSerializer.Deserialize(provenance, AttestationJson.Default.ProvenanceDocument) is not { Version: 1, Bundles: { Count: <= MaxBundles } bundles } document
                || bundles.Any(bundle => bundle is not { Publisher: not null, Attestations: { Count: <= MaxAttestations } all } || all.Any(one => one is not { Version: 1, Material: { Certificate: not null, Entries: not null }, Envelope: { Statement: not null, Signature: not null } })))
            {
                throw new AttestationException("what the index offers as its provenance is of another version, or too large");
            }

            return document;
        }
        catch (JsonException e)
        {
            throw new AttestationException("what the index offers as its provenance cannot be read", e);
        }
    }

    private void Check(AttestationDocument attestation, string fileName, Sha256Digest digest, Publisher publisher)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(attestation.Material.Certificate);
        using var key = certificate.GetECDsaPublicKey() ?? throw new AttestationException("its certificate's key is no ECDSA key");
        if (key.KeySize != 256)
            throw new AttestationException("its certificate's key is not on the curve P-256");
        var signed = DsseEnvelope.Encode(DsseEnvelope.InTotoPayloadType, attestation.Envelope.Statement);
        if (!key.VerifyData(signed, attestation.Envelope.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            throw new AttestationException("its signature is not by the key of its certificate");
        CheckStatement(attestation.Envelope.Statement, fileName, digest);
        CheckIdentity(certificate, publisher);
        if (attestation.Material.Entries is not [{ Body: not null, LogId.KeyId: not null } entry, ..])
            throw new AttestationException("it names no entry of a log");
        if (ChecksLogs)
            LogEntryProof.Check(entry, attestation.Envelope, certificate.RawData, roots.Logs);
        CheckChain(certificate, DateTimeOffset.FromUnixTimeSeconds(entry.IntegratedTime));
    }

    private static void CheckStatement(ReadOnlySpan<byte> utf8, string fileName, Sha256Digest digest)
    {
        var statement = JsonSerializer.Deserialize(utf8, AttestationJson.Default.AttestedStatement);
        if (statement is not { Type: StatementType, Subject: [{ Digest.Sha256: { } hex } subject] } || !Predicates.Contains(statement.PredicateType, StringComparer.Ordinal))
            throw new AttestationException("what was signed is no statement about one file");
        if (subject.Name != fileName || hex != digest.ToString())
            throw new AttestationException("what was signed is about another file");
    }

    private static void CheckIdentity(X509Certificate2 certificate, Publisher publisher)
    {
        if (publisher.Issuer is not { } issuer || Extension(certificate, IssuerOid) != issuer)
            throw new AttestationException("its certificate was not given to a workflow of that host");
        if (!string.Equals(Extension(certificate, RepositoryOid), publisher.RepositoryAddress, StringComparison.OrdinalIgnoreCase))
            throw new AttestationException("its certificate is another repository's");
        var (workflow, wanted) = (Extension(certificate, WorkflowOid) ?? "", publisher.WorkflowAddress);
        // The repository's part is compared above: its case does not matter, and the file's does.
        var at = publisher.RepositoryAddress.Length;
        if (workflow.Length < wanted.Length || !workflow[..at].Equals(wanted[..at], StringComparison.OrdinalIgnoreCase) || !workflow.AsSpan(at).StartsWith(wanted.AsSpan(at), StringComparison.Ordinal))
            throw new AttestationException("its certificate is another workflow's");
    }

    private static string? Extension(X509Certificate2 certificate, string oid) => certificate.Extensions.Where(extension => extension.Oid?.Value == oid).ToList() is [var only]
        ? new AsnReader(only.RawData, AsnEncodingRules.DER).ReadCharacterString(UniversalTagNumber.UTF8String)
        : null;

    private void CheckChain(X509Certificate2 certificate, DateTimeOffset time)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots.Roots);
        chain.ChainPolicy.ExtraStore.AddRange(roots.Intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = time.LocalDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new(CodeSigning));
        if (!chain.Build(certificate))
            throw new AttestationException($"its certificate does not lead to a root that is trusted ({string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())})");
    }

    private static string Shown(Publisher publisher) => string.Concat(publisher.ToString().Take(200).Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
