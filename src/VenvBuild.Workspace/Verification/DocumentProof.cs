using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Proves what the lock says of itself: which requests it answers, for which Pythons, platforms, groups (the first part of a proof).</summary>
internal static class DocumentProof
{
    public static void Check(ProofSubject subject)
    {
        var (manifest, document, findings) = (subject.Manifest, subject.Document, subject.Findings);
        if (!manifest.Requests.AreAnsweredBy(document))
        {
            findings.Wrong(
                VerificationCodes.RequestsDiffer,
                document.Provenance is null
                    ? "The lock does not say which requests it answers."
                    : $"The lock answers other requests than the manifest's: {string.Join("; ", RequestChanges.Describe(document.Provenance.Requests, manifest.Requests.Lines).DefaultIfEmpty("their digest differs"))}.",
                remedy: "Run 'dotnet pyenv lock'.");
        }
        else if (!document.Provenance!.Requests.SequenceEqual(manifest.Requests.Lines, StringComparer.Ordinal))
        {
            findings.Wrong(VerificationCodes.RequestsDiffer, "The requests that the lock notes are not those of the digest beside them.");
        }

        if (document.RequiresPython is not { } python || !python.Set.Equals(manifest.Python.Set))
            findings.Wrong(VerificationCodes.DocumentDiffers, $"The lock serves Python {document.RequiresPython?.ToString() ?? "of any version"}; the manifest asks for {manifest.Python}.");
        if (document.Extras is { Count: > 0 } extras)
            findings.Wrong(VerificationCodes.DocumentDiffers, $"The lock offers the extras {string.Join(", ", extras)}, and a manifest has none.");
        CheckGroups(subject, "dependency-groups", document.DependencyGroups ?? [], manifest.Groups.Select(group => group.Name));
        CheckGroups(subject, "default-groups", document.DefaultGroups, manifest.DefaultGroups);
        CheckPlatforms(subject);
        CheckTwins(subject);
    }

    private static void CheckGroups(ProofSubject subject, string key, IReadOnlyList<string> written, IEnumerable<ExtraName> asked)
    {
        var names = asked.Select(name => name.Value).Order(StringComparer.Ordinal).ToList();
        if (!written.Order(StringComparer.Ordinal).SequenceEqual(names, StringComparer.Ordinal))
            subject.Findings.Wrong(VerificationCodes.DocumentDiffers, $"'{key}' names {Shown(written)}; the manifest has {Shown(names)}.");
    }

    private static string Shown(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);

    /// <summary>Each target that must be served is, and what nobody declared is not: no pin was proven for that.</summary>
    private static void CheckPlatforms(ProofSubject subject)
    {
        var declared = MarkerSet.None;
        var pythons = VersionSet.Empty;
        foreach (var environment in subject.Environments)
        {
            declared = declared.Or(environment.Region);
            pythons = pythons.Union(environment.Python);
            if (environment.IsRequired && !environment.Region.Implies(subject.Served))
                subject.Findings.Wrong(VerificationCodes.TargetNotServed, "The lock's 'environments' leave it out, and the manifest asks for it.", target: environment.Label);
        }

        var foreign = subject.Served.And(MarkerSet.ForPython(pythons)).Except(declared);
        if (!foreign.IsEmpty)
            subject.Findings.Wrong(VerificationCodes.ForeignTarget, "The lock's 'environments' hold where the manifest declares no platform: nothing is proven for those.");
    }

    private static void CheckTwins(ProofSubject subject)
    {
        var met = new HashSet<(PackageName, PackageVersion?)>();
        foreach (var pin in subject.Document.Packages.Where(pin => !met.Add((pin.Name, pin.Version))))
            subject.Findings.Wrong(VerificationCodes.DuplicatePin, $"{ProofFindings.NameOf(pin)} stands in the lock twice.", pin);
    }
}
