using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>audit</c>: which pins are known to be vulnerable, by records in files. Nothing is fetched.</summary>
public static class AuditVerb
{
    /// <summary>Holds every pin of the lock, for whatever target, against the records.</summary>
    /// <exception cref="DiagnosticException">There is no lock, or the records cannot be read or are none.</exception>
    public static async Task<AuditOutcome> RunAsync(WorkspaceContext context, AuditOptions options, CancellationToken cancellationToken)
    {
        var locked = await LockedGraph.OpenAsync(context with { IsOffline = true }, cancellationToken).ConfigureAwait(false);
        await using (locked.ConfigureAwait(false))
        {
            var pins = locked.Document.Packages.Where(package => package.Version is not null).ToList();
            foreach (var package in locked.Document.Packages.Where(package => package.Version is null))
                context.Report(Diagnostic.Warning(WorkspaceCodes.UnjudgedAdvisory, $"{package.Name} is a source tree without a version: no record can be held against it.", package.Location));
            var files = new AdvisoryFiles(new(pins.Select(pin => pin.Name).ToHashSet()));
            var advisories = new List<Advisory>();
            foreach (var database in options.Databases)
                advisories.AddRange(await files.ReadAsync(Path.GetFullPath(database, context.WorkingDirectory), cancellationToken).ConfigureAwait(false));
            if (files.Records == 0)
            {
                throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                    WorkspaceCodes.BadAdvisory, $"There is no record in {string.Join(", ", options.Databases)}: nothing would be audited.", remedy: "Name a file or folder of records with --db."));
            }

            var hits = pins.SelectMany(pin => Joined(pin, advisories)).ToList();
            var isIgnored = hits.ToLookup(hit => hit.Records.Any(record => record.Names.Any(name => options.Ignore.Contains(name, StringComparer.OrdinalIgnoreCase))));
            var graph = isIgnored[false].Any() ? await DependencyGraph.BuildAsync(locked, null, cancellationToken).ConfigureAwait(false) : null;
            return new(
                locked.Path, pins.Count, files.Records,
                [.. isIgnored[false].Select(hit => Find(hit.Pin, hit.Records, new(locked.Manifest, locked.Document, graph!)))],
                [.. isIgnored[true].Select(hit => hit.Records[0].Id).Distinct().Order(StringComparer.Ordinal)]);
        }
    }

    /// <summary>The records that a pin answers to, those of one vulnerability together: registries share what they find by aliases.</summary>
    private static IEnumerable<(LockedPackage Pin, List<Advisory> Records)> Joined(LockedPackage pin, List<Advisory> advisories)
    {
        var groups = new List<(HashSet<string> Names, List<Advisory> Records)>();
        var own = advisories.Where(advisory => advisory.Package == pin.Name && (advisory.Affects(pin.Version!) || advisory.Problem is not null));
        foreach (var advisory in own.DistinctBy(advisory => advisory.Id).OrderBy(advisory => advisory.Id, StringComparer.Ordinal))
        {
            var same = groups.FindAll(group => group.Names.Overlaps(advisory.Names));
            groups.RemoveAll(same.Contains);
            groups.Add(([.. same.SelectMany(group => group.Names), .. advisory.Names], [.. same.SelectMany(group => group.Records), advisory]));
        }

        return groups.Select(group => (pin, group.Records.OrderBy(record => record.Id, StringComparer.Ordinal).ToList())).OrderBy(group => group.Item2[0].Id, StringComparer.Ordinal);
    }

    private static AuditFinding Find(LockedPackage pin, List<Advisory> records, AuditPaths paths)
    {
        var version = pin.Version!;
        var certain = records.Where(record => record.Affects(version)).ToList();
        var first = certain.Count > 0 ? certain[0] : records[0];
        // A version is a remedy only where no record of the group still affects it.
        var remedy = records.Select(record => record.FixedAfter(version)).OfType<PackageVersion>().Where(known => !records.Any(record => record.Affects(known))).Min();
        return new(
            pin.Name.Value, version.ToString(), first.Id,
            [.. records.SelectMany(record => record.Names).Where(name => name != first.Id).Distinct().Order(StringComparer.Ordinal)],
            certain.Prepend(first).Select(record => record.Summary).FirstOrDefault(summary => summary is not null),
            certain.Prepend(first).Select(record => record.Severity).FirstOrDefault(severity => severity is not null),
            remedy?.ToString(), paths.Of(pin.Name))
        {
            Problem = certain.Count > 0 ? null : first.Problem,
            Location = pin.Location,
        };
    }
}
