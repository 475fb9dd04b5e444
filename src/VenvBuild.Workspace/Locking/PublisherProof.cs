using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>
/// Proves that the files of a lock's pins were attested to by the publishers that the manifest demands (PEP 740), and notes them in the lock
/// (<c>attestation-identities</c>, PEP 751). Where the manifest demands none, nothing is asked of any index.
/// </summary>
internal sealed class PublisherProof
{
    private const int Concurrency = 16;

    private readonly IReadOnlyList<(NamePattern[] Patterns, Publisher Publisher)> _demands;
    private readonly AttestationVerifier? _verifier;

    /// <exception cref="DiagnosticException">The roots or the keys of logs cannot be read (exit code 2).</exception>
    public PublisherProof(Manifest manifest)
    {
        var trust = manifest.Trust;
        _demands = [.. trust.Publishers.Select(demand => (demand.Packages.Select(NamePattern.Parse).ToArray(), demand.Publisher))];
        if (_demands.Count > 0)
        {
            _verifier = new(AttestationRoots.Load(
                Path.Combine(manifest.Location.Folder, trust.AttestationRoots!), trust.AttestationLogs is { } logs ? Path.Combine(manifest.Location.Folder, logs) : null));
        }
    }

    /// <summary>Whether any publisher is demanded.</summary>
    public bool IsAskedFor => _demands.Count > 0;

    /// <summary>The publisher that is demanded for a name, or null.</summary>
    public Publisher? DemandedOf(PackageName name) => _demands.FirstOrDefault(demand => demand.Patterns.Any(pattern => pattern.Matches(name))).Publisher;

    /// <summary>How a lock notes a publisher.</summary>
    public static LockValue Identity(Publisher publisher) => LockValue.Table(
    [
        new("kind", LockValue.Of(publisher.Kind)), new("repository", LockValue.Of(publisher.Repository)), new("workflow", LockValue.Of(publisher.Workflow)),
    ]);

    /// <summary>The publisher that a lock notes, or null where that is none of these.</summary>
    public static Publisher? PublisherOf(LockedPackage pin) =>
        pin.AttestationIdentities is [var only] && only.TryGet("kind", out var kind) && only.TryGet("repository", out var repository) && only.TryGet("workflow", out var workflow)
            ? new(kind.Text, repository.Text, workflow.Text)
            : null;

    /// <summary>The publishers that a lock notes, by the digests of its wheels.</summary>
    public static Func<Sha256Digest, string?> PublishersOf(LockDocument document)
    {
        var publishers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pin in document.Packages)
        {
            foreach (var wheel in PublisherOf(pin) is null ? [] : pin.Wheels)
                publishers[wheel.Hashes.Sha256 ?? ""] = PublisherOf(pin)!.ToString();
        }

        return digest => publishers.GetValueOrDefault(digest.ToString());
    }

    /// <summary>The lock with the publishers of its pins.</summary>
    /// <exception cref="DiagnosticException">A file was not attested to (exit code 4), or an index failed.</exception>
    public async Task<LockDocument> AttestAsync(LockDocument document, PackageIndex index, CancellationToken cancellationToken)
    {
        var packages = document.Packages.ToArray();
        var objections = new Diagnostic?[packages.Length];
        var width = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, packages.Length, width, async (i, token) =>
        {
            if (DemandedOf(packages[i].Name) is not { } publisher)
                return;
            var pin = packages[i];
            if (await ObjectionAsync(pin, publisher, index, file => index.FindFileAsync(pin.Name, file.Name, Sha256Digest.Parse(file.Hashes.Sha256!), token), token).ConfigureAwait(false) is { } why)
            {
                objections[i] = Diagnostic.Error(
                    WorkspaceCodes.NotAttested, $"{why} No lock is written.",
                    remedy: "Do not use the file. If the publisher changed, find out from the project itself, and then change 'publishers' in the manifest.");
            }
            else
            {
                packages[i] = pin with { AttestationIdentities = [Identity(publisher)] };
            }
        }).ConfigureAwait(false);
        return objections.OfType<Diagnostic>().ToArray() is { Length: > 0 } all ? throw new DiagnosticException(ExitCode.Integrity, all) : document with { Packages = packages };
    }

    /// <summary>Why a pin's files do not count as attested to by a publisher, a sentence; null where they do.</summary>
    /// <param name="pin">The pin.</param>
    /// <param name="publisher">The publisher that is demanded.</param>
    /// <param name="index">Has the provenance of files.</param>
    /// <param name="find">Finds a locked file as an index lists it.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">An index failed.</exception>
    public async Task<string?> ObjectionAsync(LockedPackage pin, Publisher publisher, PackageIndex index, Func<LockedFile, Task<IndexFile?>> find, CancellationToken cancellationToken)
    {
        var files = pin.Sdist is { } sdist ? [.. pin.Wheels, sdist] : pin.Wheels;
        if (files.Count == 0)
            return $"{ProofFindings.NameOf(pin)} is to be published by {publisher}, and it is taken from an address or a folder, which nobody attests to.";
        foreach (var file in files)
        {
            var listed = await find(file).ConfigureAwait(false);
            if (listed is null || await index.GetProvenanceAsync(listed, cancellationToken).ConfigureAwait(false) is not { } provenance)
                return $"{file.Name} is to be published by {publisher}, and the index offers no attestation of it.";
            try
            {
                _verifier!.Check(provenance, file.Name, Sha256Digest.Parse(file.Hashes.Sha256!), publisher);
            }
            catch (AttestationException e)
            {
                return $"{file.Name} is to be published by {publisher}, and its attestation does not hold: {e.Message}.";
            }
        }

        return null;
    }

    /// <summary>Holds what a lock notes of publishers against what can be shown, for a proof of the lock.</summary>
    public async Task CheckAsync(ProofSubject subject, IReadOnlyList<PinNode> nodes, PackageIndex index, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            var (pin, demanded) = (node.Pin, DemandedOf(node.Pin.Name));
            // A lock that others made and that is not written yet says nothing of publishers: who writes it finds out.
            var noted = subject.Options.IsUnattested ? demanded : PublisherOf(pin);
            if (demanded is null)
            {
                if (pin.AttestationIdentities.Count > 0)
                    subject.Findings.Wrong(VerificationCodes.PublisherDiffers, $"The lock notes who published {node.Name}, and the manifest demands nobody.", pin);
                continue;
            }

            if (noted is null || !Equals(noted, demanded))
                subject.Findings.Wrong(VerificationCodes.PublisherDiffers, $"{node.Name} is to be published by {demanded}, and the lock notes {noted?.ToString() ?? "nobody"}.", pin);
            if (subject.Options.IsUnattested)
                continue;
            try
            {
                if (await ObjectionAsync(pin, demanded, index, file => Task.FromResult(Listed(node, file)), cancellationToken).ConfigureAwait(false) is { } why)
                    subject.Findings.Wrong(VerificationCodes.NotAttested, why, pin);
            }
            catch (DiagnosticException failure) when (PackageIndex.IsNotCached(failure))
            {
                subject.Findings.Unproven(failure.Diagnostics[0].Message, pin, "Run it once without --offline.");
            }
        }
    }

    private static IndexFile? Listed(PinNode node, LockedFile file) =>
        node.Evidence.Release?.Files.FirstOrDefault(listed => listed.FileName == file.Name && (listed.Sha256 is not { } digest || digest.ToString() == file.Hashes.Sha256));
}
