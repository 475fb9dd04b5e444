using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Which target an export is for.</summary>
internal static class ExportTarget
{
    /// <summary>
    /// The declared target that the options name: of a platform alone its newest required Python, of a Python alone this machine's platform or
    /// the first. Null where they name none: then all are meant. A lock without a manifest has any target that it serves.
    /// </summary>
    /// <exception cref="DiagnosticException">No such target is declared.</exception>
    public static ManifestTarget? Of(Manifest manifest, LockDocument document, ExportOptions options)
    {
        if (options.Platform is null && options.Python is null)
            return null;
        var targets = (File.Exists(manifest.Location.Path) ? manifest.Targets : OfLockAlone(document, options))
            .Where(target => options.Platform is null || target.Target.Platform.RuntimeIdentifier == options.Platform || target.Target.Platform.ToString() == options.Platform)
            .Where(target => options.Python is null || target.Target.Python.ToString() == options.Python)
            .ToList();
        if (targets.Count == 0)
            throw NotDeclared(manifest, options);
        var here = Platform.OfThisProcess()?.RuntimeIdentifier;
        var platform = (targets.Find(target => target.Target.Platform.RuntimeIdentifier == here) ?? targets[0]).Target.Platform;
        var own = targets.Where(target => target.Target.Platform.Equals(platform)).OrderBy(target => target.Target.Python).ToList();
        return own.LastOrDefault(target => target.IsRequired) ?? own[0];
    }

    private static IReadOnlyList<ManifestTarget> OfLockAlone(LockDocument document, ExportOptions options)
    {
        var platform = options.Platform is null ? Platform.OfThisProcess() : Platform.TryParse(options.Platform, out var named) ? named : null;
        return platform is null ? [] : [.. ServedPython.Of(document.RequiresPython ?? Manifest.DefaultPython).Select(python => new ManifestTarget(new(platform, python.Minor), python.IsRequired, python.Versions))];
    }

    /// <summary>The default groups and those that are asked for.</summary>
    /// <exception cref="DiagnosticException">The lock has no such group.</exception>
    public static HashSet<ExtraName> Groups(LockDocument document, ExportOptions options, string lockPath)
    {
        var groups = document.DefaultGroups.Select(ExtraName.Parse).ToHashSet();
        foreach (var name in options.Groups)
        {
            if (!ExtraName.TryParse(name, out var group) || (document.DependencyGroups ?? []).All(known => ExtraName.Parse(known) != group))
            {
                throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                    WorkspaceCodes.BadOption,
                    $"The lock has no group '{name}'.",
                    new(lockPath),
                    document.DependencyGroups is { Count: > 0 } known ? $"It has: {string.Join(", ", known)}." : "Name it under 'groups' in the manifest, and run 'dotnet pyenv lock'."));
            }

            groups.Add(group);
        }

        return groups;
    }

    private static DiagnosticException NotDeclared(Manifest manifest, ExportOptions options) => new(ExitCode.Usage, Diagnostic.Error(
        WorkspaceCodes.BadOption,
        !File.Exists(manifest.Location.Path)
            ? $"The lock does not serve {options.Platform ?? "this machine"} with Python {options.Python ?? "of any version"}, or there is no such platform."
            : $"The manifest does not declare {options.Platform ?? "any platform"} with Python {options.Python ?? "of any version"}, so the lock does not serve it.",
        new(manifest.Location.Path),
        !File.Exists(manifest.Location.Path) ? $"Platforms are {string.Join(", ", Platform.RuntimeIdentifiers)}." : $"Declared are: {string.Join(", ", manifest.Targets.Select(target => $"{target.Target.Platform} {target.Target.Python}"))}."));
}
