using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>How a layer from elsewhere is refused: which, why, and what to do.</summary>
internal static class LayerRefusal
{
    public static DiagnosticException Of(LayerReference layer, string why) => new(ExitCode.Integrity, Diagnostic.Error(
        EnvironmentCodes.LayerRefused, $"The layer sha256:{layer.Digest} of {layer.Wheel} is refused: {why}.",
        remedy: "Nothing of it was kept. Fetch it from another place, or make the environment here: dotnet pyenv sync."));
}
