using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Where a wheel of an environment came from that was built from a source.</summary>
/// <param name="Wheel">The wheel's file name.</param>
/// <param name="Source">The source's file name, for people.</param>
/// <param name="SourceSha256">The digest of the source: what a lock pins.</param>
/// <param name="Requirements">What it was built with: <c>name==version</c> and the wheel's digest each.</param>
/// <param name="Machine">What it was built on: the platform and the Python.</param>
public sealed record BuiltProvenance(string Wheel, string Source, Sha256Digest SourceSha256, IReadOnlyList<string> Requirements, string Machine)
{
    /// <summary>Says so of a wheel that was built by an interpreter of this machine.</summary>
    public static BuiltProvenance Of(BuiltWheel wheel, BuildSource source, Interpreter interpreter) => new(
        wheel.File.Text, source.Label, source.Digest, wheel.Pins, $"{interpreter.ToTarget().Platform}, {interpreter.Markers.ImplementationName} {interpreter.Version}");
}
