using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>One thing of an environment that is not as it was installed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">The file, relative to the environment, with <c>/</c>.</param>
/// <param name="Message">What was found, a sentence.</param>
public sealed record EnvironmentFinding(EnvironmentFindingKind Kind, string Path, string Message)
{
    /// <summary>The distribution that it belongs to, such as <c>flask 3.1.0</c>; null where it belongs to none.</summary>
    public string? Distribution { get; init; }

    /// <summary>The finding as an error for a person.</summary>
    public Diagnostic ToDiagnostic() => Diagnostic.Error(
        EnvironmentCodes.NotAsInstalled, Message,
        remedy: Kind == EnvironmentFindingKind.Unproven
            ? "Check it on the machine that installed it, or make it anew: dotnet pyenv sync."
            : "If that was not you, do not use the environment; 'dotnet pyenv sync' after removing it makes it anew.");
}
