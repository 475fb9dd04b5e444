using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>One layer of an environment, exactly: what is asked of a source, and what comes is held against.</summary>
public sealed record LayerReference
{
    /// <summary>The SHA-256 of the layer as an uncompressed archive (<see cref="LayerArchive"/>): the layer's name wherever it is kept.</summary>
    public required Sha256Digest Digest { get; init; }

    /// <summary>The size of the uncompressed archive in bytes: nothing longer is read.</summary>
    public required long Size { get; init; }

    /// <summary>What it holds.</summary>
    public required LayerKind Kind { get; init; }

    /// <summary>The name of the wheel that it was made from; an interpreter is named as a wheel of its tags would be.</summary>
    public required WheelFileName Wheel { get; init; }

    /// <summary>The SHA-256 of that wheel; of an interpreter, that of its program.</summary>
    public required Sha256Digest WheelSha256 { get; init; }

    /// <summary>The wheel and what of it, for people.</summary>
    public override string ToString() => Kind switch
    {
        LayerKind.Wheel => Wheel.Text,
        LayerKind.Bytecode => $"the bytecode of {Wheel.Text}",
        _ => $"the interpreter {Wheel.Version}",
    };
}
