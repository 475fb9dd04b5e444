using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Remote;

/// <summary>
/// A place that only the client can see: a folder of <c>find-links</c>, or an index on its own network. It is told of by names, digests and
/// metadata; its bytes stay where they are.
/// </summary>
public sealed record LockSource
{
    /// <summary>The folder, as the manifest writes it under <c>find-links</c>; null for an index.</summary>
    public string? FindLinks { get; init; }

    /// <summary>The name of the index in the manifest; null for a folder.</summary>
    public string? Index { get; init; }

    /// <summary>Projects that the index does not have.</summary>
    [AllowNull]
    public IReadOnlyList<string> Absent { get; init => field = value ?? []; } = [];

    /// <summary>The files: of a folder all of them, of an index all of each project that is told of.</summary>
    [AllowNull]
    public IReadOnlyList<LockSourceFile> Files { get; init => field = value ?? []; } = [];
}
