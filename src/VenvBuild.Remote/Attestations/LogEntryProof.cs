using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace VenvBuild.Remote;

/// <summary>Holds an entry of a transparency log (Rekor, API version 1) against the log's key.</summary>
internal static class LogEntryProof
{
    private const int MaxPath = 64;
    private const int MaxCheckpoint = 64 << 10;

    /// <summary>
    /// Checks that the entry is of this very attestation, that the log's signed tree head covers it (RFC 9162, 2.1.3.2), and that the log
    /// signed the time.
    /// </summary>
    /// <exception cref="AttestationException">It does not hold.</exception>
    public static void Check(LogEntry entry, AttestationEnvelope envelope, ReadOnlySpan<byte> certificate, IReadOnlyList<VerificationKey> logs)
    {
        CheckBody(entry.Body, envelope, certificate);
        CheckPromise(entry, logs);
        CheckInclusion(entry, logs);
    }

    private static void CheckBody(ReadOnlySpan<byte> body, AttestationEnvelope envelope, ReadOnlySpan<byte> certificate)
    {
        LoggedEntry logged;
        try
        {
            logged = JsonSerializer.Deserialize(body, AttestationJson.Default.LoggedEntry) ?? throw new AttestationException("what the log keeps is null");
        }
        catch (JsonException e)
        {
            throw new AttestationException("what the log keeps cannot be read", e);
        }

        if (logged is not { Kind: "dsse", ApiVersion: "0.0.1", Spec: { PayloadHash: { Algorithm: "sha256" } hash, Signatures: [var signature] } })
            throw new AttestationException("the log keeps an entry of another kind than dsse 0.0.1");
        if (hash.Value != Convert.ToHexStringLower(SHA256.HashData(envelope.Statement)) || signature?.Signature.AsSpan().SequenceEqual(envelope.Signature) != true)
            throw new AttestationException("the log's entry is of another attestation");
        var pem = Encoding.ASCII.GetString(signature.Verifier);
        if (!PemEncoding.TryFind(pem, out var found) || !Convert.FromBase64String(pem[found.Base64Data]).AsSpan().SequenceEqual(certificate))
            throw new AttestationException("the log's entry is of another certificate");
    }

    /// <summary>The log's word for when it took the entry: a signature over the canonical JSON of four members (RFC 8785).</summary>
    private static void CheckPromise(LogEntry entry, IReadOnlyList<VerificationKey> logs)
    {
        if (entry.Promise is not { } promise)
            throw new AttestationException("the log did not sign the time");
        var signed = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"body":"{{Convert.ToBase64String(entry.Body)}}","integratedTime":{{entry.IntegratedTime}},"logID":"{{Convert.ToHexStringLower(entry.LogId.KeyId)}}","logIndex":{{entry.LogIndex}}}"""));
        // A log's id is the digest of its key, as the id of a key is here.
        if (!logs.Any(log => log.Id == Convert.ToHexStringLower(entry.LogId.KeyId) && log.Verify(signed, promise.SignedEntryTimestamp)))
            throw new AttestationException("the time is not signed by a log whose key is given");
    }

    private static void CheckInclusion(LogEntry entry, IReadOnlyList<VerificationKey> logs)
    {
        if (entry.Proof is not { } proof)
            throw new AttestationException("there is no proof that the log holds it");
        if (!RootOf(entry.Body, proof).AsSpan().SequenceEqual(proof.RootHash))
            throw new AttestationException("the proof that the log holds it leads to another root");
        var (size, root) = ReadHead(proof.Checkpoint.Envelope, logs);
        if (size != proof.TreeSize || !root.AsSpan().SequenceEqual(proof.RootHash))
            throw new AttestationException("the log's signed tree head is of another tree");
    }

    private static byte[] RootOf(ReadOnlySpan<byte> body, InclusionProof proof)
    {
        if (proof.LogIndex < 0 || proof.LogIndex >= proof.TreeSize || proof.Hashes.Count > MaxPath || proof.Hashes.Any(hash => hash?.Length != SHA256.HashSizeInBytes))
            throw new AttestationException("the proof that the log holds it is none");
        var (index, last) = (proof.LogIndex, proof.TreeSize - 1);
        var hash = SHA256.HashData([0, .. body]);
        foreach (var other in proof.Hashes)
        {
            if (last == 0)
                throw new AttestationException("the proof that the log holds it is too long");
            if ((index & 1) == 1 || index == last)
            {
                hash = SHA256.HashData([1, .. other, .. hash]);
                for (; (index & 1) == 0 && index != 0; last >>= 1)
                    index >>= 1;
            }
            else
            {
                hash = SHA256.HashData([1, .. hash, .. other]);
            }

            index >>= 1;
            last >>= 1;
        }

        return last == 0 ? hash : throw new AttestationException("the proof that the log holds it is too short");
    }

    /// <summary>Reads a signed note: origin, size and root, an empty line, and signatures; one must be of a log whose key is given.</summary>
    private static (long Size, byte[] Root) ReadHead(string note, IReadOnlyList<VerificationKey> logs)
    {
        var split = note.Length <= MaxCheckpoint ? note.IndexOf("\n\n", StringComparison.Ordinal) : -1;
        if (split < 0 || note[..split].Split('\n') is not [_, var size, var root, ..]
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            throw new AttestationException("the log's tree head cannot be read");
        }

        var signed = Encoding.UTF8.GetBytes(note[..(split + 1)]);
        foreach (var line in note[(split + 2)..].Split('\n'))
        {
            // An em dash, the signer's name, and four bytes that hint at the key before the signature.
            if (line.Split(' ') is ["\u2014", _, var base64] && TryDecode(base64) is { Length: > 4 } signature && logs.Any(log => log.Verify(signed, signature.AsSpan(4))))
                return (count, TryDecode(root) ?? []);
        }

        throw new AttestationException("the log's tree head is not signed by a log whose key is given");
    }

    private static byte[]? TryDecode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }
}
