using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>The part of a lock that is exported: its pins for the groups that were asked for and, where one target is meant, for that alone.</summary>
/// <param name="Document">The part, a lock in itself: no marker in it asks for groups, and it serves what it says and nothing else.</param>
/// <param name="Groups">The groups that are in it.</param>
/// <param name="Target">The only target; null for all that the lock serves.</param>
internal sealed record ExportedLock(LockDocument Document, IReadOnlySet<ExtraName> Groups, ManifestTarget? Target)
{
    /// <summary>What it is for, in words.</summary>
    public string Purpose => Target is null ? "all platforms and Pythons of the lock" : $"{Target.Target.Platform}, Python {Target.Target.Python}";

    /// <summary>Takes a part of a lock.</summary>
    /// <exception cref="DiagnosticException">The lock does not serve the target.</exception>
    public static ExportedLock Of(LockDocument document, IReadOnlySet<ExtraName> groups, ManifestTarget? target)
    {
        var parts = target is null ? ForAll(document, groups) : ForOne(document, groups, target);
        var kept = new Dictionary<LockedPackage, LockedPackage>(parts.Select(part => KeyValuePair.Create(part.Whole, part.Part)), ReferenceEqualityComparer.Instance);
        return new(
            document with
            {
                RequiresPython = target is null ? document.RequiresPython : Python(document.RequiresPython, target),
                Environments = target is null ? document.Environments : [PlatformOf(target.Target).ToMarker()!],
                Extras = null,
                DependencyGroups = null,
                DefaultGroups = [],
                Packages = [.. parts.Select(part => part.Part with { Dependencies = Dependencies(document, part.Whole, kept) })],
                // It does not answer the manifest's requests as a whole, and must not look as if it did.
                Provenance = null,
            },
            groups,
            target);
    }

    private static List<(LockedPackage Whole, LockedPackage Part)> ForAll(LockDocument document, IReadOnlySet<ExtraName> groups)
    {
        var parts = new List<(LockedPackage, LockedPackage)>();
        foreach (var package in document.Packages)
        {
            var where = Where(package, groups);
            if (!where.IsEmpty)
                parts.Add((package, package with { Marker = where.ToMarker() }));
        }

        return parts;
    }

    private static List<(LockedPackage Whole, LockedPackage Part)> ForOne(LockDocument document, IReadOnlySet<ExtraName> groups, ManifestTarget served)
    {
        var region = MarkerSet.ForPython(served.Versions).And(PlatformOf(served.Target));
        var files = Select(document, groups, served);
        var parts = new List<(LockedPackage, LockedPackage)>();
        foreach (var package in document.Packages)
        {
            if (!files.TryGetValue(package, out var file))
                continue;
            var isSdist = file is not null && file == package.Sdist;
            parts.Add((package, package with
            {
                Marker = Where(package, groups).Restrict(region).ToMarker(),
                Sdist = isSdist ? file : null,
                Wheels = package.Wheels.Where(wheel => wheel == file).ToList(),
            }));
        }

        return parts;
    }

    /// <summary>What is installed there. A marker may tell patches of one minor apart: each part is looked at for itself.</summary>
    private static Dictionary<LockedPackage, LockedFile?> Select(LockDocument document, IReadOnlySet<ExtraName> groups, ManifestTarget served)
    {
        var first = served.Versions.LowerBound ?? served.Target.Python.FirstRelease;
        var bounds = document.Packages.Where(package => package.Marker is not null).Select(package => MarkerSet.Of(package.Marker!).PythonVersions)
            .SelectMany(versions => new[] { versions.LowerBound, versions.UpperBound }).OfType<PackageVersion>()
            .Where(bound => bound > first && served.Versions.Contains(bound)).Distinct();
        var files = new Dictionary<LockedPackage, LockedFile?>(ReferenceEqualityComparer.Instance);
        foreach (var version in bounds.Prepend(first))
        {
            foreach (var selected in LockSelection.Select(document, served.Target.ToMarkerEnvironment(version), served.Target.Tags, groups: [.. groups]))
                files[selected.Package] = selected.File;
        }

        return files;
    }

    private static MarkerSet Where(LockedPackage package, IReadOnlySet<ExtraName> groups) =>
        MarkerSet.OfOptional(package.Marker).AssumeAsked(new HashSet<ExtraName>(), groups);

    private static MarkerSet PlatformOf(Target target) => MarkerSet.ForField(MarkerFields.SysPlatform, target.Platform.SysPlatform)
        .And(MarkerSet.ForField(MarkerFields.PlatformMachine, target.Platform.PlatformMachine))
        .And(MarkerSet.ForField(MarkerFields.ImplementationName, target.Implementation));

    private static VersionSpecifiers Python(VersionSpecifiers? range, ManifestTarget target)
    {
        var minor = VersionSpecifiers.Parse($"=={target.Target.Python}.*");
        // Bounds within the minor stay; what the minor says already is not said twice.
        return VersionSpecifiers.Create([.. (range ?? VersionSpecifiers.Any).Where(clause => !minor.Set.IsSubsetOf(clause.Set)), .. minor]);
    }

    /// <summary>The references to pins that are still there, with as much as tells them from each other now.</summary>
    private static LockedReference[]? Dependencies(LockDocument document, LockedPackage package, Dictionary<LockedPackage, LockedPackage> kept)
    {
        if (package.Dependencies is null)
            return null;
        var references = new List<LockedReference>();
        foreach (var reference in package.Dependencies)
        {
            var meant = document.Packages.Where(entry => entry.Name == reference.Name
                && (reference.Version is null || reference.Version.Equals(entry.Version))
                && (reference.Marker is null || reference.Marker.Equals(entry.Marker)));
            foreach (var part in meant.Where(kept.ContainsKey).Select(entry => kept[entry]))
            {
                var alike = kept.Values.Where(other => other.Name == part.Name).ToList();
                references.Add(new(part.Name, alike.Count > 1 ? part.Version : null, alike.Count(other => Equals(other.Version, part.Version)) > 1 ? part.Marker : null)
                {
                    Other = reference.Other,
                });
            }
        }

        return references.Count == 0 ? null : [.. references.Distinct()];
    }
}
