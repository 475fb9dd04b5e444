using System.Text.Json.Serialization;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What came of <c>verify ENV</c>.</summary>
/// <param name="EnvironmentPath">The environment's folder, absolute.</param>
/// <param name="Key">Its key, 64 hex digits.</param>
/// <param name="Target">What it is for.</param>
/// <param name="IsProven">Whether it is what was installed, and nothing was left unproven.</param>
/// <param name="VouchedBy">Who says what it should consist of.</param>
/// <param name="Packages">How many distributions it holds.</param>
/// <param name="Files">How many files were held against their digests.</param>
/// <param name="Findings">What is not as it was installed, by path.</param>
public sealed record VerifyEnvironmentOutcome(
    string EnvironmentPath, string Key, string Target, bool IsProven, EnvironmentVoucher VouchedBy, int Packages, int Files, IReadOnlyList<EnvironmentFinding> Findings)
{
    /// <summary>The interpreter that it leads to, whose own files are not checked; null where it is part of the environment.</summary>
    public string? Interpreter { get; init; }

    /// <summary>Who made it, by the signed statement; null without one.</summary>
    public string? Builder { get; init; }

    /// <summary>When it was made, by the signed statement; null without one.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The modules that Python compiled itself, which are no findings unless they are asked for.</summary>
    public IReadOnlyList<string> OwnBytecode { get; init; } = [];

    /// <summary>Why its description or signatures are not to be trusted; none where they are, or where nobody asks for them.</summary>
    [JsonIgnore]
    public IReadOnlyList<Diagnostic> Refusals { get; init; } = [];
}
