using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>The files of a release that its pin lists: every one that a served target could use, and no others.</summary>
/// <param name="Wheels">The wheels, in the index's order.</param>
/// <param name="Sdist">The source, where it may be built and a target has no wheel; else null.</param>
internal sealed record PinFiles(IReadOnlyList<IndexFile> Wheels, IndexFile? Sdist)
{
    /// <summary>The wheels, then the source.</summary>
    public IEnumerable<IndexFile> All => Sdist is null ? Wheels : Wheels.Append(Sdist);

    /// <summary>Chooses.</summary>
    /// <param name="release">The release.</param>
    /// <param name="environments">The environments that need the pin.</param>
    /// <param name="allowsSdist">Whether it may be built from its source.</param>
    public static PinFiles Of(Release release, IReadOnlyList<ResolutionEnvironment> environments, bool allowsSdist)
    {
        // Of a release that was yanked in part, what was yanked is not offered to anybody.
        var isYankedWhole = release.Files.All(file => file.IsYanked);
        var files = release.Files.Where(file => isYankedWhole || !file.IsYanked).ToList();
        var wheels = files.Where(file => file.Wheel is not null && environments.Any(environment => Serves(file, environment))).ToList();
        var isBuiltSomewhere = allowsSdist
            && environments.Any(environment => environment.Targets.Any(target => !files.Exists(file => file.Wheel is { } wheel && target.Tags.Rank(wheel) is not null)));
        return new(wheels, isBuiltSomewhere ? files.Find(file => file.Sdist is not null) : null);
    }

    private static bool Serves(IndexFile file, ResolutionEnvironment environment) =>
        (file.RequiresPython is null || !environment.Python.IsDisjointFrom(file.RequiresPython.Set.Hull()))
        && environment.Targets.Any(target => target.Tags.Rank(file.Wheel!) is not null);
}
