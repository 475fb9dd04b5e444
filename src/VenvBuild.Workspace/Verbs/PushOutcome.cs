namespace VenvBuild.Workspace;

/// <summary>What became of an environment at the place that it was published to.</summary>
/// <param name="Key">The environment's key, 64 hex digits.</param>
/// <param name="Target">What it is for.</param>
/// <param name="Place">The place.</param>
/// <param name="IsUnchanged">Whether all of it was there already.</param>
/// <param name="Layers">How many layers it has.</param>
/// <param name="LayersMoved">How many of them were sent.</param>
/// <param name="BytesMoved">How many bytes of layers were sent.</param>
/// <param name="SignedBy">The id of the key that signed it; null where none did.</param>
public sealed record PushOutcome(string Key, string Target, string Place, bool IsUnchanged, int Layers, int LayersMoved, long BytesMoved, string? SignedBy);
