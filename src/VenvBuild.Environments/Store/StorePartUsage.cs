namespace VenvBuild.Environments;

/// <summary>How much one part of the store holds.</summary>
/// <param name="Name">The part, such as <c>layers</c>.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Entries">How many things, each of which is kept or goes as a whole.</param>
/// <param name="Files">How many files they are.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="BytesInUse">How much of it environments of this machine hold on to.</param>
public sealed record StorePartUsage(string Name, string Path, long Entries, long Files, long Bytes, long BytesInUse);
