using System.Globalization;
using System.Text;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Bytes with signatures on them (DSSE 1.0, the secure-systems-lab's envelope). What is signed is not the JSON but the pre-authentication
/// encoding of type and payload, so that nothing is parsed before its signature is known to be good.
/// </summary>
public sealed class DsseEnvelope
{
    /// <summary>The type of a payload that is an in-toto statement.</summary>
    public const string InTotoPayloadType = "application/vnd.in-toto+json";

    internal const int MaxBytes = 16 << 20;
    private const int MaxSignatures = 32;
    private const int MaxText = 256;
    private const int MaxSignatureBytes = 128;

    /// <summary>Puts a payload and its signatures together; <see cref="Sign"/> makes signatures.</summary>
    public DsseEnvelope(string payloadType, ReadOnlyMemory<byte> payload, IReadOnlyList<DsseSignature> signatures) =>
        (PayloadType, Payload, Signatures) = (payloadType, payload, signatures);

    /// <summary>What the payload is.</summary>
    public string PayloadType { get; }

    /// <summary>What was signed, as it was signed.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The signatures, at least one.</summary>
    public IReadOnlyList<DsseSignature> Signatures { get; }

    /// <summary>Signs a payload with each of some keys.</summary>
    public static DsseEnvelope Sign(string payloadType, ReadOnlyMemory<byte> payload, params IReadOnlyList<SigningKey> keys)
    {
        var encoded = Encode(payloadType, payload.Span);
        return new(payloadType, payload, [.. keys.Select(key => new DsseSignature(key.Id, key.Sign(encoded)))]);
    }

    /// <summary>What is signed: <c>DSSEv1 LEN(type) type LEN(payload) payload</c> (PAE), lengths in bytes and in decimal.</summary>
    public static byte[] Encode(string payloadType, ReadOnlySpan<byte> payload)
    {
        var type = Encoding.UTF8.GetBytes(payloadType);
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} "));
        var middle = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {payload.Length} "));
        return [.. head, .. type, .. middle, .. payload];
    }

    /// <summary>Reads an envelope, which must be written exactly as <see cref="Write"/> writes it: there is one form of each.</summary>
    /// <exception cref="DiagnosticException">This is none (exit code 4).</exception>
    public static DsseEnvelope Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            throw Malformed($"an envelope is larger than {MaxBytes >> 20} MiB");
        EnvelopeDocument document;
        try
        {
            document = JsonSerializer.Deserialize(utf8, EnvelopeJson.Default.EnvelopeDocument) ?? throw Malformed("an envelope is null");
        }
        catch (JsonException e)
        {
            throw Malformed("an envelope is not the JSON that DSSE has", e);
        }

        if (document.PayloadType.Length > MaxText)
            throw Malformed("the name of the payload's type is too long");
        if (document.Signatures.Count is 0 or > MaxSignatures)
            throw Malformed($"an envelope has {document.Signatures.Count} signatures; it has 1 to {MaxSignatures}");
        var signatures = new List<DsseSignature>(document.Signatures.Count);
        foreach (var signature in document.Signatures)
        {
            if (signature.KeyId.Length > MaxText || signature.Sig.Length > MaxSignatureBytes)
                throw Malformed("a signature or the id of its key is too long");
            signatures.Add(new(signature.KeyId, signature.Sig));
        }

        var envelope = new DsseEnvelope(document.PayloadType, document.Payload, signatures);
        return envelope.Write().AsSpan().SequenceEqual(utf8) ? envelope : throw Malformed("an envelope is not written in its one form");
    }

    /// <summary>The envelope as one line of JSON, without a line end.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        new(Payload.ToArray(), PayloadType, [.. Signatures.Select(signature => new EnvelopeSignature(signature.KeyId, signature.Value.ToArray()))]),
        EnvelopeJson.Default.EnvelopeDocument);

    internal static DiagnosticException Malformed(string why, Exception? cause = null) => new(ExitCode.Integrity, Diagnostic.Error(
        TrustCodes.EnvelopeMalformed,
        $"The environment's signatures cannot be read: {why}.",
        remedy: "The file was damaged or written by something else: fetch it again, or have the environment signed and published anew."), cause);
}
