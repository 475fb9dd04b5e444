using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// Solves a manifest's requests into its lock. It reads and writes no file itself, so that a server can do it from a manifest's text; the
/// same requests over the same releases give the same lock anywhere.
/// </summary>
/// <param name="manifest">What is asked.</param>
/// <param name="index">Where packages come from.</param>
/// <param name="localPath">How the lock names a file of this machine, told by its <c>file:</c> address.</param>
public sealed class LockSolve(Manifest manifest, PackageIndex index, Func<Uri, string> localPath) : ILockResolver
{
    /// <summary>What the solver asks; by default the index itself.</summary>
    public IPackageSource Source { get; init; } = index;

    /// <summary>Told of the work so far, once in a while; null for nobody.</summary>
    public IProgress<ResolutionStatistics>? Progress { get; init; }

    /// <summary>Receives warnings, and remarks for those who want detail.</summary>
    public Action<Diagnostic>? Report { get; init; }

    /// <summary>Names local files relative to the lock where both are in one tree, so that a checkout may lie anywhere.</summary>
    public static Func<Uri, string> RelativeTo(string lockPath) =>
        url => Path.GetRelativePath(Path.GetDirectoryName(lockPath)!, url.LocalPath).Replace('\\', '/');

    /// <inheritdoc/>
    public async Task<LockDocument> RunAsync(LockDocument? previous, LockOptions options, CancellationToken cancellationToken)
    {
        var resolution = await PackageResolver.ResolveAsync(Request(previous, options), Source, cancellationToken).ConfigureAwait(false);
        foreach (var warning in resolution.Warnings)
            Report?.Invoke(warning);
        var figures = resolution.Statistics;
        Report?.Invoke(Diagnostic.Verbose(
            WorkspaceCodes.SolveFigures,
            FormattableString.Invariant($"Solved for {resolution.Environments.Count} environments in {figures.Solves} searches: {figures.Packages} packages met, {figures.Decisions} decisions, {figures.Conflicts} conflicts.")));
        return await new LockAssembly(manifest, localPath, index).AssembleAsync(resolution, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the manifest asks the solver, with the previous lock's pins to keep.</summary>
    internal ResolutionRequest Request(LockDocument? previous, LockOptions options)
    {
        var (preferences, upgrades) = PreviousPins.Of(previous, options);
        return new()
        {
            Environments = ServedEnvironments.Of(manifest),
            Requirements = Asked(manifest.Requirements),
            Groups = [.. manifest.Groups.Select(group =>
                (group.Name, Asked(manifest.RequirementsOf(group))))],
            Constraints = [.. manifest.Constraints.Select(constraint => constraint.Requirement)],
            RunConstraints = upgrades,
            Overrides = Asked(manifest.Overrides),
            Excludes = manifest.Exclude.ToHashSet(),
            Preferences = preferences,
            Mode = manifest.Resolution,
            Prereleases = manifest.PreReleases,
            AllowSdist = manifest.Sdists.Allows,
            Progress = Progress,
        };
    }

    private static IReadOnlyList<Requirement> Asked(IEnumerable<ManifestRequirement> requirements) =>
        [.. requirements.Select(requirement => RequirementAddress.WithoutCredentials(requirement.Requirement))];
}
