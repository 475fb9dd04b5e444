namespace VenvBuild.Remote;

/// <summary>One signature of an envelope.</summary>
/// <param name="KeyId">The id of the key that is said to have made it: it says which key to try, and proves nothing.</param>
/// <param name="Value">The signature: ECDSA with SHA-256, in DER (RFC 3279).</param>
public sealed record DsseSignature(string KeyId, ReadOnlyMemory<byte> Value);
