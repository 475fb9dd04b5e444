using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>
/// <c>verify ENV</c>: holds an environment against what was installed, its description against the signatures that came with it, and, where
/// nobody signed it, its wheels against the lock. It needs no network.
/// </summary>
public static class VerifyEnvironmentVerb
{
    /// <summary>Checks the environment. What is found is in the outcome; what cannot be looked at is thrown.</summary>
    /// <exception cref="DiagnosticException">There is no environment of this tool, or what it says of itself cannot be read.</exception>
    public static async Task<VerifyEnvironmentOutcome> RunAsync(WorkspaceContext context, VerifyEnvironmentOptions options, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(options.Path, context.WorkingDirectory);
        context.Progress?.Report($"Checking {Path.GetFileName(path)}");
        var proof = await Task.Run(() => EnvironmentVerification.Run(path, CacheFolder.Default().Root, cancellationToken), cancellationToken).ConfigureAwait(false);
        // An environment may be looked at without a manifest.
        var manifestLock = await ManifestLock.OpenIfThereAsync(context, cancellationToken).ConfigureAwait(false);
        var policy = ManifestPolicy.Of(options.Keys, context) ?? (manifestLock is null ? null : ManifestPolicy.Of(manifestLock.Manifest));
        var findings = proof.Findings.ToList();
        if (options.CountsOwnBytecode)
            findings.AddRange(proof.OwnBytecode.Select(place => new EnvironmentFinding(EnvironmentFindingKind.Added, place, $"'{place}' is there, which Python compiled.")));
        var (statement, refusals) = policy is null || (proof.Manifest is null && options.Keys.Count == 0) ? (null, []) : Check(policy, proof);
        var voucher = statement is not null ? EnvironmentVoucher.Signature : EnvironmentVoucher.Nobody;
        if (statement is null && refusals.Count == 0 && manifestLock is not null && await manifestLock.ReadAsync(cancellationToken).ConfigureAwait(false) is { } document)
        {
            voucher = EnvironmentVoucher.Lock;
            findings.AddRange(Strangers(proof.Plan, document, Path.GetFileName(manifestLock.Path)));
        }

        return new(
            path, proof.Plan.Key.ToString(), proof.Plan.Target.ToString(), refusals.Count == 0 && findings.Count == 0, voucher, proof.Plan.Wheels.Count, proof.Files, findings)
        {
            Interpreter = proof.Interpreter,
            Builder = statement?.Builder,
            Time = statement?.Time,
            OwnBytecode = proof.OwnBytecode,
            Refusals = refusals,
        };
    }

    /// <summary>Whether an environment is at a path; one that a killed run left aside is put back first.</summary>
    /// <exception cref="DiagnosticException">The disk fails.</exception>
    public static async Task<bool> IsEnvironmentAsync(WorkspaceContext context, string path, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path, context.WorkingDirectory);
        await new EnvironmentInstaller(CacheFolder.Default().Root).RecoverAsync(full, cancellationToken).ConfigureAwait(false);
        return Directory.Exists(full);
    }

    private static (ProvenanceStatement? Statement, IReadOnlyList<Diagnostic> Refusals) Check(TrustPolicy policy, EnvironmentProof proof)
    {
        // An environment that came from nowhere has no description: then there is nothing that anybody could have signed.
        var manifest = proof.Manifest?.ToUtf8Bytes() ?? [];
        try
        {
            return (policy.Check(
                new()
                {
                    Key = proof.Plan.Key.Digest,
                    Target = proof.Plan.Target,
                    Manifest = Sha256Digest.Of(manifest),
                    Layers = proof.Manifest?.Layers.Select(layer => layer.Digest).ToList(),
                    IsInstalled = true,
                },
                proof.Manifest is null ? null : proof.Signatures,
                DateTimeOffset.UtcNow), []);
        }
        catch (DiagnosticException refusal) when (refusal.ExitCode == ExitCode.Integrity)
        {
            return (null, refusal.Diagnostics);
        }
    }

    /// <summary>Wheels that the lock does not pin. One that was built of a pinned source is known by its name and version.</summary>
    private static IEnumerable<EnvironmentFinding> Strangers(EnvironmentPlan plan, LockDocument document, string lockName)
    {
        var pinned = document.Packages.SelectMany(package => package.Wheels.Select(file => file.Hashes).Append(package.Archive?.Hashes))
            .Select(hashes => hashes?.Sha256).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var wheel in plan.Wheels.Where(wheel => !pinned.Contains(wheel.Sha256.ToString())))
        {
            var isBuilt = document.Packages.Any(package => package.Name == wheel.Name && package.Wheels.Count == 0 && (package.Version is null || package.Version.Equals(wheel.Version)));
            if (!isBuilt)
            {
                yield return new(EnvironmentFindingKind.Unproven, wheel.File.Text, $"{wheel.File.Text} (sha256:{wheel.Sha256}) is no file of {lockName}, and nobody signed for it.")
                {
                    Distribution = $"{wheel.Name} {wheel.Version}",
                };
            }
        }
    }
}
