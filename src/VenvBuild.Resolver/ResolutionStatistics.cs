namespace VenvBuild.Resolver;

/// <summary>How much work a resolution was.</summary>
/// <param name="Decisions">How many releases were decided on, those taken back included.</param>
/// <param name="Conflicts">How many conflicts were learnt from.</param>
/// <param name="Solves">How many environments had to be solved for themselves; the others share one of these answers.</param>
/// <param name="Packages">How many distributions and extras were looked at.</param>
public sealed record ResolutionStatistics(int Decisions, int Conflicts, int Solves, int Packages);
