using System.Text.Json.Serialization;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>One environment of a build.</summary>
/// <param name="Platform">The platform that it is for.</param>
/// <param name="Python">The minor version of Python that it is for.</param>
/// <param name="State">What became of it.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record BuiltEnvironment(string Platform, string Python, BuildState State, double Seconds)
{
    /// <summary>The environment's key, 64 hex digits; null when it was not planned.</summary>
    public string? Key { get; init; }

    /// <summary>How many distributions it holds.</summary>
    public int Packages { get; init; }

    /// <summary>Whether its modules are compiled: not where no Python of that minor is here, and whoever installs it compiles.</summary>
    public bool HasBytecode { get; init; }

    /// <summary>What was written, absolute; null when nothing was asked for.</summary>
    public string? Output { get; init; }

    /// <summary>Why it failed or was skipped.</summary>
    public string? Reason { get; init; }

    /// <summary>The diagnostics of a failure.</summary>
    [JsonIgnore]
    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>The exit code that the failure alone would have.</summary>
    [JsonIgnore]
    public ExitCode ExitCode { get; init; }
}
