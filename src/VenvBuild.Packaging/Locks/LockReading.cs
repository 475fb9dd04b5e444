namespace VenvBuild.Packaging;

/// <summary>A lock that was read, with what is worth knowing about it.</summary>
/// <param name="Document">The lock.</param>
/// <param name="Warnings">What was read over: keys of a newer format, times without an offset, digests that no file can have.</param>
public sealed record LockReading(LockDocument Document, IReadOnlyList<Diagnostic> Warnings);
