using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A requirement as it counts: after exclusions and overrides, with the cells in which it does.</summary>
/// <param name="Requirement">The requirement, or the override in its place.</param>
/// <param name="Where">For each cell, whether it counts there.</param>
internal readonly record struct ProofRequirement(Requirement Requirement, bool[] Where);
