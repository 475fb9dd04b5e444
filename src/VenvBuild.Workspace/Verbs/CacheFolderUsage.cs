namespace VenvBuild.Workspace;

/// <summary>One part of the cache.</summary>
/// <param name="Name">What it holds, such as <c>layers</c>.</param>
/// <param name="Path">The folder, absolute.</param>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Entries">How many things, each of which is kept or goes as a whole.</param>
/// <param name="BytesInUse">How much of it environments of this machine hold on to, so that pruning leaves it.</param>
public sealed record CacheFolderUsage(string Name, string Path, long Files, long Bytes, long Entries, long BytesInUse);
