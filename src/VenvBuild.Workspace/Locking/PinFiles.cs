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
        var files = new List<IndexFile>();
        var wheels = new List<IndexFile>();
        VersionSpecifiers? requiresPython = null;
        var fitting = environments;
        foreach (var file in release.Files)
        {
            if (file.IsYanked && !isYankedWhole)
                continue;
            files.Add(file);
            if (file.Wheel is not { } wheel)
                continue;
            // The files of a release say the same of Python, nearly always.
            if (!ReferenceEquals(file.RequiresPython, requiresPython))
                (requiresPython, fitting) = (file.RequiresPython, Fitting(environments, file.RequiresPython));
            if (Serves(wheel, fitting))
                wheels.Add(file);
        }

        var isBuiltSomewhere = allowsSdist
            && environments.Any(environment => environment.Targets.Any(target => !files.Exists(file => file.Wheel is { } wheel && target.Tags.Rank(wheel) is not null)));
        return new(wheels, isBuiltSomewhere ? files.Find(file => file.Sdist is not null) : null);
    }

    private static IReadOnlyList<ResolutionEnvironment> Fitting(IReadOnlyList<ResolutionEnvironment> environments, VersionSpecifiers? requiresPython)
    {
        if (requiresPython is null)
            return environments;
        var allowed = requiresPython.Set.Hull();
        return [.. environments.Where(environment => !environment.Python.IsDisjointFrom(allowed))];
    }

    private static bool Serves(WheelFileName wheel, IReadOnlyList<ResolutionEnvironment> environments)
    {
        for (var i = 0; i < environments.Count; i++)
        {
            var targets = environments[i].Targets;
            for (var j = 0; j < targets.Count; j++)
            {
                if (targets[j].Tags.Rank(wheel) is not null)
                    return true;
            }
        }

        return false;
    }
}
