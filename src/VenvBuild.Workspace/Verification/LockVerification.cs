using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// Proves a lock right without solving: that it answers the manifest (A), that on every target each requirement of the manifest and of each
/// pin is met by exactly one pin and no pin is there in vain, with files that the manifest's own indexes offer and admit (B), and, with
/// <see cref="VerificationOptions.Online"/>, that all of this is so today and for each wheel (C). What a pin needs is taken from its own
/// core metadata, bound to it by the digests on the index's page; never from the lock, and never from an address that the lock names.
/// </summary>
public static class LockVerification
{
    /// <summary>More pins than any environment has; evidence is fetched for each.</summary>
    private const int MaxPins = 4096;

    // All pins' pages in one round, as nothing of one says which other is needed.
    private const int Concurrency = 256;

    /// <summary>Proves the text of a lock, whoever it is from.</summary>
    /// <param name="context">Where the work is done: what it may fetch, and which mirror stands in for the manifest's indexes.</param>
    /// <param name="manifest">What the lock must answer.</param>
    /// <param name="text">The lock, as bytes.</param>
    /// <param name="lockPath">Where the lock is, or would be, absolute: relative paths in it start at its folder.</param>
    /// <param name="options">How to prove it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The proof, or what stands against it. A text that is no lock is a finding, too.</returns>
    /// <exception cref="DiagnosticException">An index failed.</exception>
    public static Task<LockProof> RunAsync(
        WorkspaceContext context, Manifest manifest, ReadOnlyMemory<byte> text, string lockPath, VerificationOptions options, CancellationToken cancellationToken)
    {
        LockReading reading;
        try
        {
            reading = LockReader.Read(text.Span, lockPath, options.Origin);
        }
        catch (DiagnosticException failure)
        {
            return Task.FromResult(new LockProof(null, [.. failure.Diagnostics.Select(Of)], 0, 0));
        }

        return RunAsync(context, manifest, reading.Document, lockPath, options, null, cancellationToken);
    }

    /// <summary>Proves a lock that was read, whoever it is from. What is offered of the pins' metadata is taken where the indexes state its digest.</summary>
    /// <exception cref="DiagnosticException">An index failed.</exception>
    internal static async Task<LockProof> RunAsync(
        WorkspaceContext context, Manifest manifest, LockDocument document, string lockPath, VerificationOptions options, IMetadataOffer? offer, CancellationToken cancellationToken)
    {
        var settings = ManifestIndexes.Settings(context, manifest, DateTimeOffset.UtcNow) with
        {
            SdistMetadata = new ManifestBuilds(context, manifest),
            MetadataOffer = offer,
            Concurrency = Concurrency,
        };
        var live = new PackageIndex(context.IsOffline ? OfPins(settings, document, lockPath) : settings with { Refresh = options.Online });
        await using (live.ConfigureAwait(false))
        {
            if (options.Online || context.IsOffline)
                return await ProveAsync(context, manifest, document, lockPath, options, live, live, cancellationToken).ConfigureAwait(false);
            var cached = new CacheFirstSource(OfPins(settings, document, lockPath), live);
            await using (cached.ConfigureAwait(false))
                return await ProveAsync(context, manifest, document, lockPath, options, cached, live, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The same indexes for who looks at a lock's pins and at no other releases; what they say is kept with the lock's name.</summary>
    internal static IndexOptions OfPins(IndexOptions settings, LockDocument document, string lockPath) => settings with { OnlyReleases = Pinned(document), Pack = lockPath };

    /// <summary>The pins by name; without those that are pre-releases, which are held against what else there is.</summary>
    private static Dictionary<PackageName, IReadOnlySet<PackageVersion>> Pinned(LockDocument document) => document.Packages
        .Where(pin => pin.Version is not null)
        .GroupBy(pin => pin.Name, pin => pin.Version!)
        .Where(versions => !versions.Any(version => version.IsPreRelease))
        .ToDictionary(versions => versions.Key, versions => (IReadOnlySet<PackageVersion>)versions.ToHashSet());

    /// <summary>Proves a lock by the evidence of a source; with an index, also wheel by wheel.</summary>
    internal static async Task<LockProof> ProveAsync(
        WorkspaceContext context, Manifest manifest, LockDocument document, string lockPath, VerificationOptions options, IPackageSource source,
        PackageIndex? index, CancellationToken cancellationToken)
    {
        var findings = new ProofFindings();
        if (document.Packages.Count > MaxPins)
            findings.Wrong(VerificationCodes.TooMuch, FormattableString.Invariant($"The lock has {document.Packages.Count} pins; more than {MaxPins} are not looked at."));
        var targets = 0;
        if (!findings.Any)
        {
            try
            {
                targets = await ProveAsync(Subject(context, manifest, document, lockPath, options, findings), source, index, cancellationToken).ConfigureAwait(false);
            }
            catch (PackagingFormatException failure)
            {
                findings.Wrong(VerificationCodes.TooMuch, $"The lock's markers ask more than can be decided: {failure.Message}");
            }
        }

        return new(document, findings.ToList(), document.Packages.Count, targets);
    }

    private static ProofSubject Subject(
        WorkspaceContext context, Manifest manifest, LockDocument document, string lockPath, VerificationOptions options, ProofFindings findings) =>
        new(manifest, document, context, Path.GetDirectoryName(lockPath)!, options, findings)
        {
            Environments = ServedEnvironments.Of(manifest),
            Served = document.Environments is { } markers
                ? markers.Aggregate(MarkerSet.None, (set, marker) => set.Or(MarkerSet.Of(marker)))
                : MarkerSet.All,
        };

    private static async Task<int> ProveAsync(ProofSubject subject, IPackageSource source, PackageIndex? index, CancellationToken cancellationToken)
    {
        var gathering = new EvidenceGathering(source).GatherAsync(subject.Manifest, subject.Document.Packages, cancellationToken);
        try
        {
            // While the indexes answer.
            DocumentProof.Check(subject);
        }
        catch
        {
            await ((Task)gathering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        var evidence = await gathering.ConfigureAwait(false);
        if (ProofCells.Cut(subject.Environments, subject.Served, Questions(subject.Manifest, evidence)) is not { } cells)
        {
            subject.Findings.Wrong(VerificationCodes.TooMuch, "The markers tell more environments apart than can be looked at.", remedy: "Narrow 'python' or 'platforms' in the manifest.");
            return 0;
        }

        var requirements = new ProofRequirements(subject.Manifest, cells);
        var nodes = evidence.Select(entry => new PinNode(entry, MarkerSet.OfOptional(entry.Pin.Marker), requirements)).ToList();
        new ReachProof(subject, cells, nodes, requirements).Check();
        var pins = new PinProof(subject, cells, nodes);
        foreach (var node in nodes)
            await pins.CheckAsync(node, source, cancellationToken).ConfigureAwait(false);
        if (index is not null)
            await new PublisherProof(subject.Manifest).CheckAsync(subject, nodes, index, cancellationToken).ConfigureAwait(false);
        if (subject.Options.Online && index is not null)
            await new WheelMetadataProof(subject, cells, nodes, index).CheckAsync(cancellationToken).ConfigureAwait(false);
        return cells.Count;
    }

    /// <summary>All that tells parts of a target apart: markers that look at more than platform and minor, and bounds on Python within a minor.</summary>
    internal static IEnumerable<MarkerSet> Questions(Manifest manifest, IReadOnlyList<PinEvidence> evidence)
    {
        var requests = manifest.Requirements.Concat(manifest.Groups.SelectMany(group => group.Requirements)).Concat(manifest.Constraints).Concat(manifest.Overrides);
        foreach (var set in requests.SelectMany(request => ProofCells.Questions(request.Requirement.Marker, [])))
            yield return set;
        foreach (var entry in evidence)
        {
            if (entry.Metadata is not { } metadata)
                continue;
            foreach (var set in metadata.RequiresDist.SelectMany(requirement => ProofCells.Questions(requirement.Marker, metadata.ProvidesExtra)))
                yield return set;
            if (metadata.RequiresPython is { Count: > 0 } python)
                yield return MarkerSet.ForPython(python.Set.Hull());
        }
    }

    private static LockFinding Of(Diagnostic diagnostic) => new(diagnostic.Code, LockFindingKind.Wrong, diagnostic.Message)
    {
        Remedy = diagnostic.Remedy ?? ProofFindings.MakeAgain,
        Location = diagnostic.Location,
    };
}
