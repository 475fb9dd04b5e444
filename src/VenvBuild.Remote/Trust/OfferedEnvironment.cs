using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>An environment that somebody offers and that nobody has unpacked: what a signed statement must agree with.</summary>
public sealed record OfferedEnvironment
{
    /// <summary>The environment's key, which is the one that was asked for.</summary>
    public required Sha256Digest Key { get; init; }

    /// <summary>What it is for, which is what was asked for.</summary>
    public required Target Target { get; init; }

    /// <summary>The SHA-256 of the manifest as it came, byte by byte.</summary>
    public required Sha256Digest Manifest { get; init; }

    /// <summary>The digests of the layers that the manifest lists, in its order; null where the manifest was not read yet.</summary>
    public IReadOnlyList<Sha256Digest>? Layers { get; init; }

    /// <summary>Whether it was unpacked already, and is looked at again.</summary>
    public bool IsInstalled { get; init; }

    /// <summary>The implementation and minor version of Python, as statements have it.</summary>
    internal string Python => PythonOf(Target);

    internal static string PythonOf(Target target) => $"{target.Implementation} {target.Python}";
}
