namespace VenvBuild.Resolver;

/// <summary>The releases that serve an environment and those that take the same turns.</summary>
/// <param name="Environment">The one that was searched.</param>
/// <param name="Environments">All that the answer serves, a bit each.</param>
/// <param name="Root">The root, whose dependencies are the requests.</param>
/// <param name="Decisions">The releases, in the order in which they were decided on.</param>
internal sealed record EnvironmentAnswer(
    int Environment, UInt128 Environments, SolverPackage Root, IReadOnlyList<(SolverPackage Package, int Version)> Decisions);
