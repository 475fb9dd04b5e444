using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>An answer to a <see cref="ResolutionRequest"/>: pins for every environment that is served.</summary>
/// <param name="Packages">The pins, in order of name and version. In one environment each name has one at most.</param>
/// <param name="Environments">What is served, split where a marker or a Requires-Python had to tell parts apart.</param>
/// <param name="Warnings">What a person should know about the answer.</param>
/// <param name="Statistics">How much work it was.</param>
public sealed record Resolution(
    IReadOnlyList<ResolvedPackage> Packages,
    IReadOnlyList<ResolutionEnvironment> Environments,
    IReadOnlyList<Diagnostic> Warnings,
    ResolutionStatistics Statistics);
