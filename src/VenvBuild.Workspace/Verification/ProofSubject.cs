using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>What is to be proven, with what was gathered for it and what was found so far.</summary>
/// <param name="Manifest">What was asked for.</param>
/// <param name="Document">The lock.</param>
/// <param name="Context">Where the work is done; its mirror stands in for the manifest's indexes.</param>
/// <param name="LockFolder">The folder that relative paths in the lock start from, absolute.</param>
/// <param name="Options">How to prove it.</param>
/// <param name="Findings">What was found.</param>
internal sealed record ProofSubject(
    Manifest Manifest, LockDocument Document, WorkspaceContext Context, string LockFolder, VerificationOptions Options, ProofFindings Findings)
{
    /// <summary>The environments that the manifest wants served.</summary>
    public required IReadOnlyList<ResolutionEnvironment> Environments { get; init; }

    /// <summary>Where the lock says that it serves.</summary>
    public required MarkerSet Served { get; init; }

    /// <summary>Whether an index of this run stands in for the manifest's, so that addresses differ.</summary>
    public bool IsMirrored => Context.IndexUrl is not null;

    /// <summary>The pin that the previous lock held of the same name and version, or null.</summary>
    public bool WasLocked(LockedPackage pin) =>
        Options.Previous?.Packages.Any(previous => previous.Name == pin.Name && Equals(previous.Version, pin.Version)) == true;

    /// <summary>Whether a request, constraint or override names this very version, which accepts a yanked one.</summary>
    public bool IsAskedExactly(LockedPackage pin) => pin.Version is { } version
        && Manifest.Requirements
            .Concat(Manifest.Groups.SelectMany(group => group.Requirements))
            .Concat(Manifest.Constraints)
            .Concat(Manifest.Overrides)
            .Where(requirement => requirement.Requirement.Name == pin.Name)
            .SelectMany(requirement => requirement.Requirement.Specifiers)
            .Any(clause => clause is { Operator: SpecifierOperator.Equal, IsWildcard: false } or { Operator: SpecifierOperator.Arbitrary } && clause.Contains(version));
}
