using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace VenvBuild.Testing;

/// <summary>
/// Plays publisher, certificate authority and transparency log: makes attestations as indexes offer them (PEP 740), right by default, and wrong
/// where a test says so.
/// </summary>
public sealed class AttestationMaker : IDisposable
{
    private const string Issuer = "1.3.6.1.4.1.57264.1.8", Repository = "1.3.6.1.4.1.57264.1.12", Workflow = "1.3.6.1.4.1.57264.1.18";

    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _logKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _middle;

    public AttestationMaker()
    {
        var (from, until) = (Time.AddYears(-1), Time.AddYears(9));
        var root = new CertificateRequest("CN=root", _rootKey, HashAlgorithmName.SHA384);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = root.CreateSelfSigned(from, until);
        var middle = new CertificateRequest("CN=between", _middleKey, HashAlgorithmName.SHA384);
        middle.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        middle.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var signed = middle.Create(_root, from, until, [1]);
        _middle = signed.CopyWithPrivateKey(_middleKey);
    }

    /// <summary>When things are signed.</summary>
    public DateTimeOffset Time { get; init; } = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The certificates of the authority, in PEM.</summary>
    public string Roots => _root.ExportCertificatePem() + "\n" + _middle.ExportCertificatePem() + "\n";

    /// <summary>The log's public key, in PEM.</summary>
    public string LogKey => _logKey.ExportSubjectPublicKeyInfoPem() + "\n";

    /// <summary>The repository that publishes.</summary>
    public string Owner { get; set; } = "owner/repo";

    /// <summary>The workflow's file.</summary>
    public string WorkflowFile { get; set; } = "release.yml";

    /// <summary>What the certificate says instead of the repository; null for the same.</summary>
    public string? CertifiedOwner { get; set; }

    /// <summary>Who issued the identity.</summary>
    public string TokenIssuer { get; set; } = "https://token.actions.githubusercontent.com";

    /// <summary>How long after its certificate's beginning something is signed.</summary>
    public TimeSpan SignedAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Changes the provenance before it is written.</summary>
    public Action<JsonObject>? Change { get; set; }

    /// <summary>The provenance of a file.</summary>
    public byte[] Provenance(string fileName, ReadOnlySpan<byte> content)
    {
        var statement = Encoding.UTF8.GetBytes(
            $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"{{{fileName}}}","digest":{"sha256":"{{{Convert.ToHexStringLower(SHA256.HashData(content))}}}"}}],"predicateType":"https://docs.pypi.org/attestations/publish/v1","predicate":null}""");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Certificate(key);
        var signature = key.SignData(PreAuthentication(statement), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var provenance = new JsonObject
        {
            ["version"] = 1,
            ["attestation_bundles"] = new JsonArray(new JsonObject
            {
                ["publisher"] = new JsonObject { ["kind"] = "GitHub", ["repository"] = Owner, ["workflow"] = WorkflowFile, ["environment"] = null, ["claims"] = null },
                ["attestations"] = new JsonArray(new JsonObject
                {
                    ["version"] = 1,
                    ["verification_material"] = new JsonObject
                    {
                        ["certificate"] = Convert.ToBase64String(certificate.RawData),
                        ["transparency_entries"] = new JsonArray(Entry(statement, signature, certificate)),
                    },
                    ["envelope"] = new JsonObject { ["statement"] = Convert.ToBase64String(statement), ["signature"] = Convert.ToBase64String(signature) },
                }),
            }),
        };
        Change?.Invoke(provenance);
        return Encoding.UTF8.GetBytes(provenance.ToJsonString());
    }

    public void Dispose()
    {
        _root.Dispose();
        _middle.Dispose();
        _rootKey.Dispose();
        _middleKey.Dispose();
        _logKey.Dispose();
    }

    private X509Certificate2 Certificate(ECDsa key)
    {
        var owner = CertifiedOwner ?? Owner;
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.3")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new($"https://github.com/{owner}/.github/workflows/{WorkflowFile}@refs/tags/v1"));
        request.CertificateExtensions.Add(names.Build(critical: true));
        request.CertificateExtensions.Add(Text(Issuer, TokenIssuer));
        request.CertificateExtensions.Add(Text(Repository, $"https://github.com/{owner}"));
        request.CertificateExtensions.Add(Text(Workflow, $"https://github.com/{owner}/.github/workflows/{WorkflowFile}@refs/tags/v1"));
        var serial = new byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] &= 0x7f;
        serial[0] |= 1;
        return request.Create(_middle, Time - SignedAfter, Time - SignedAfter + TimeSpan.FromMinutes(10), serial);
    }

    private static X509Extension Text(string oid, string text)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
        return new(oid, writer.Encode(), false);
    }

    private JsonObject Entry(byte[] statement, byte[] signature, X509Certificate2 certificate)
    {
        var body = Encoding.UTF8.GetBytes(
            $$$"""{"apiVersion":"0.0.1","kind":"dsse","spec":{"envelopeHash":{"algorithm":"sha256","value":"{{{new string('0', 64)}}}"},"payloadHash":{"algorithm":"sha256","value":"{{{Convert.ToHexStringLower(SHA256.HashData(statement))}}}"},"signatures":[{"signature":"{{{Convert.ToBase64String(signature)}}}","verifier":"{{{Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"))}}}"}]}}""");
        const int index = 5;
        // Seven leaves, so that the path has turns to both sides and a short end.
        var leaves = Enumerable.Range(0, 7).Select(i => SHA256.HashData([0, .. i == index ? body : [(byte)i]])).ToList();
        var (root, path) = Tree(leaves, index);
        var logId = SHA256.HashData(_logKey.ExportSubjectPublicKeyInfo());
        var time = Time.ToUnixTimeSeconds();
        var promise = Sign(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"body":"{{Convert.ToBase64String(body)}}","integratedTime":{{time}},"logID":"{{Convert.ToHexStringLower(logId)}}","logIndex":{{1000 + index}}}""")));
        var note = $"log.example - 1\n7\n{Convert.ToBase64String(root)}\n";
        byte[] hinted = [.. logId[..4], .. Sign(Encoding.UTF8.GetBytes(note))];
        return new()
        {
            ["logIndex"] = (1000 + index).ToString(CultureInfo.InvariantCulture),
            ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(logId) },
            ["kindVersion"] = new JsonObject { ["kind"] = "dsse", ["version"] = "0.0.1" },
            ["integratedTime"] = time.ToString(CultureInfo.InvariantCulture),
            ["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = Convert.ToBase64String(promise) },
            ["inclusionProof"] = new JsonObject
            {
                ["logIndex"] = index.ToString(CultureInfo.InvariantCulture),
                ["rootHash"] = Convert.ToBase64String(root),
                ["treeSize"] = "7",
                ["hashes"] = new JsonArray([.. path.Select(hash => (JsonNode)Convert.ToBase64String(hash))]),
                ["checkpoint"] = new JsonObject { ["envelope"] = $"{note}\n\u2014 log.example {Convert.ToBase64String(hinted)}\n" },
            },
            ["canonicalizedBody"] = Convert.ToBase64String(body),
        };
    }

    private byte[] Sign(byte[] data) => _logKey.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>The root over leaves and the path of one (RFC 9162, 2.1.1 and 2.1.3.1): the left half is the largest power of two.</summary>
    private static (byte[] Root, List<byte[]> Path) Tree(List<byte[]> leaves, int index)
    {
        if (leaves.Count == 1)
            return (leaves[0], []);
        var half = 1;
        while (half * 2 < leaves.Count)
            half *= 2;
        var (left, right) = (leaves[..half], leaves[half..]);
        var (leftRoot, leftPath) = Tree(left, index < half ? index : 0);
        var (rightRoot, rightPath) = Tree(right, index < half ? 0 : index - half);
        return (SHA256.HashData([1, .. leftRoot, .. rightRoot]), index < half ? [.. leftPath, rightRoot] : [.. rightPath, leftRoot]);
    }

    private static byte[] PreAuthentication(byte[] statement)
    {
        const string type = "application/vnd.in-toto+json";
        return [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} {type} {statement.Length} ")), .. statement];
    }
}
