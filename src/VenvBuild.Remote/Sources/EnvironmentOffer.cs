namespace VenvBuild.Remote;

/// <summary>What a place has of an environment, as it came: nobody has read it yet, and nothing of it is trusted.</summary>
/// <param name="Manifest">The bytes of the description.</param>
/// <param name="Signatures">The bytes of the signatures beside it, or null.</param>
public sealed record EnvironmentOffer(ReadOnlyMemory<byte> Manifest, ReadOnlyMemory<byte>? Signatures);
