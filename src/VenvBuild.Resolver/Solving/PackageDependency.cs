using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A requirement of a release (of the root: a request) lowered to one package and a set of its releases.</summary>
/// <param name="Requirement">The requirement as it was written, or as an override replaces it.</param>
/// <param name="Package">The distribution, or one of its extras.</param>
/// <param name="Set">The releases that will do.</param>
/// <param name="Environments">Where the requirement's marker holds, a bit an environment.</param>
internal sealed record PackageDependency(Requirement Requirement, SolverPackage Package, IndexSet Set, UInt128 Environments)
{
    /// <summary>For a request, which group asks: the place in the request's list of groups, or -1 for the plain requirements.</summary>
    public int Group { get; init; } = -1;
}
