using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A wheel that was built here, and is kept.</summary>
/// <param name="File">Its name taken apart.</param>
/// <param name="Path">Where it is, absolute.</param>
/// <param name="Sha256">Its digest.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Pins">What it was built with: <c>name==version</c> and digest, a line each.</param>
public sealed record BuiltWheel(WheelFileName File, string Path, Sha256Digest Sha256, long Size, IReadOnlyList<string> Pins)
{
    /// <summary>Whether a second build came to the same bytes; null where nobody tried.</summary>
    public bool? IsReproducible { get; internal init; }

    /// <summary>What it is kept by: source, target and pins.</summary>
    internal string Key => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path)!);
}
