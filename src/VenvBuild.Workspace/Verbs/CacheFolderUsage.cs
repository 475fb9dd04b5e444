namespace VenvBuild.Workspace;

/// <summary>One part of the cache.</summary>
/// <param name="Name">What it holds, such as <c>layers</c>.</param>
/// <param name="Path">The folder, absolute.</param>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">Their size.</param>
public sealed record CacheFolderUsage(string Name, string Path, long Files, long Bytes);
