using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary><c>outdated</c>: which pins have newer releases, and what holds them back.</summary>
public static class OutdatedVerb
{
    private const string Conclusion = "the requests cannot be satisfied";

    /// <summary>Compares the lock with what the indexes offer now; nothing is written.</summary>
    /// <exception cref="DiagnosticException">There is no lock, the requests cannot be satisfied any more, or an index failed.</exception>
    public static async Task<IReadOnlyList<OutdatedPin>> RunAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var locked = await LockedGraph.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        await using (locked.ConfigureAwait(false))
        {
            var (document, index) = (locked.Document, locked.Index);
            var request = locked.Solve.Request(document, new() { Upgrade = true });
            context.Progress?.Report($"Resolving {locked.Manifest.Name}");
            var resolution = await PackageResolver.ResolveAsync(request, index, cancellationToken).ConfigureAwait(false);
            var outdated = new List<OutdatedPin>();
            foreach (var pins in document.Packages.Where(package => package.Version is not null).GroupBy(package => package.Name).OrderBy(group => group.Key))
            {
                if (await JudgeAsync([.. pins], request, resolution, index, cancellationToken).ConfigureAwait(false) is { } pin)
                    outdated.Add(pin);
            }

            return outdated;
        }
    }

    private static async Task<OutdatedPin?> JudgeAsync(
        List<LockedPackage> pins, ResolutionRequest request, Resolution resolution, PackageIndex index, CancellationToken cancellationToken)
    {
        var name = pins[0].Name;
        var releases = (await index.GetReleasesAsync(name, cancellationToken).ConfigureAwait(false)).Releases.Where(release => release.Files.Any(file => !file.IsYanked)).ToList();
        var newest = releases.LastOrDefault(release => !release.Version.IsPreRelease) ?? releases.LastOrDefault();
        var fits = resolution.Packages.Where(package => package.Name == name).ToList();
        var isBehind = newest is not null && pins.Exists(pin => pin.Version! < newest.Version);
        var isMoving = fits.Count > 0 && !fits.Select(package => package.Version).ToHashSet().SetEquals(pins.Select(pin => pin.Version!));
        if (newest is null || (!isBehind && !isMoving))
            return null;
        var isFree = fits.TrueForAll(package => package.Version >= newest.Version);
        return new(
            name.Value,
            string.Join(" and ", pins.Select(pin => pin.Version)),
            fits.Count == 0 ? null : string.Join(" and ", fits.Select(package => package.Version)),
            newest.Version.ToString(),
            isFree ? [] : await ReasonsAsync(newest, fits, request, resolution, index, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<IReadOnlyList<string>> ReasonsAsync(
        Release newest, List<ResolvedPackage> fits, ResolutionRequest request, Resolution resolution, PackageIndex index, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        void Note(string by, Requirement requirement)
        {
            if (requirement.Name == newest.Name && !requirement.Specifiers.Contains(newest.Version))
                reasons.Add($"{by} {requirement}");
        }

        foreach (var requirement in request.Requirements)
            Note("the manifest asks for", requirement);
        foreach (var (group, requirements) in request.Groups)
        {
            foreach (var requirement in requirements)
                Note($"group {group} asks for", requirement);
        }

        foreach (var constraint in request.Constraints)
            Note("a constraint allows", constraint);
        foreach (var replacement in request.Overrides)
            Note("an override asks for", replacement);
        foreach (var depender in resolution.Packages.Where(package => package.Dependencies.Any(dependency => dependency.Name == newest.Name)))
        {
            var answer = await index.GetMetadataAsync(depender.Release, cancellationToken).ConfigureAwait(false);
            foreach (var requirement in answer.Metadata?.RequiresDist ?? [])
                Note($"{depender.Name} {depender.Version} asks for", requirement);
        }

        if (reasons.Count == 0)
            reasons.Add(await RefusalAsync(newest, fits, request, index, cancellationToken).ConfigureAwait(false));
        return [.. reasons.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What the solver says to the newest release, where no bound on it explains.</summary>
    private static async Task<string> RefusalAsync(
        Release newest, List<ResolvedPackage> fits, ResolutionRequest request, PackageIndex index, CancellationToken cancellationToken)
    {
        var pinned = request with
        {
            Requirements = [.. request.Requirements, Requirement.Parse($"{newest.Name}=={newest.Version}")],
            SeeksRemedies = false,
        };
        try
        {
            await PackageResolver.ResolveAsync(pinned, index, cancellationToken).ConfigureAwait(false);
            return fits.Count > 1 ? "taken only where it can be" : "another pin would be older with it";
        }
        catch (UnsatisfiableException refusal)
        {
            // The pin is ours, and what follows from it is said already.
            var because = (refusal.Diagnostics[0].Detail ?? refusal.Diagnostics[0].Message).Split('\n')[0];
            var asked = $"you require {newest.Name}=={newest.Version}";
            var told = because.IndexOf(asked, StringComparison.Ordinal) is var at and >= 0 ? because[(at + asked.Length)..] : because;
            told = told.Replace($", {Conclusion}.", "", StringComparison.Ordinal).TrimStart(' ', ',');
            return (told.StartsWith("and ", StringComparison.Ordinal) ? told[4..] : told) + (fits.Exists(package => package.Version.Equals(newest.Version)) ? "; other targets have it" : "");
        }
    }
}
