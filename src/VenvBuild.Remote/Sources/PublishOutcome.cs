namespace VenvBuild.Remote;

/// <summary>What became of an environment at a place.</summary>
/// <param name="IsUnchanged">Whether it was there already, with these signatures.</param>
/// <param name="LayersMoved">How many layers were sent.</param>
/// <param name="BytesMoved">How many bytes of layers were sent.</param>
public sealed record PublishOutcome(bool IsUnchanged, int LayersMoved, long BytesMoved);
