using System.Globalization;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Asks places for an environment, in order: the first that has it decides. What it gives is held against key, target and policy before
/// anything of it is unpacked, the same wherever it comes from.
/// </summary>
public sealed class EnvironmentSearch
{
    /// <summary>The places, in order.</summary>
    public required IReadOnlyList<IEnvironmentSource> Sources { get; init; }

    /// <summary>Whose environments are taken; null when signatures are not asked for.</summary>
    public TrustPolicy? Policy { get; init; }

    /// <summary>What was taken before.</summary>
    public required SeenEnvironments Seen { get; init; }

    /// <summary>The manifest that asks, by its path.</summary>
    public required string ManifestPath { get; init; }

    /// <summary>Whether a rollback is refused, instead of warned about.</summary>
    public bool RefusesRollback { get; init; }

    /// <summary>Whether places that need the network are passed over.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Where warnings and remarks go.</summary>
    public Action<Diagnostic>? Report { get; init; }

    /// <summary>The time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The environment of a plan from the first place that has it, or null.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="mustAnswer">Whether a place that cannot be asked is an error when no other has the environment; else it is a warning.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="DiagnosticException">What a place has is not taken (exit code 4).</exception>
    public async Task<FoundEnvironment?> FindAsync(EnvironmentPlan plan, bool mustAnswer, CancellationToken cancellationToken)
    {
        DiagnosticException? silent = null;
        foreach (var source in Sources)
        {
            if (IsOffline && source.IsRemote)
                continue;
            EnvironmentOffer? offer;
            try
            {
                offer = await source.FindEnvironmentAsync(plan.Key, cancellationToken).ConfigureAwait(false);
            }
            // That a check failed in the environment is an answer.
            catch (DiagnosticException e) when (e.ExitCode != ExitCode.BuildFailed)
            {
                silent ??= e;
                if (!mustAnswer)
                    Report?.Invoke(e.Diagnostics[0] with { Severity = DiagnosticSeverity.Warning });
                continue;
            }

            try
            {
                if (offer is not null)
                    return Check(plan, source, offer);
            }
            catch (DiagnosticException e) when (source.IsAccelerator && !mustAnswer)
            {
                Report?.Invoke(e.Diagnostics[0] with { Severity = DiagnosticSeverity.Warning });
                continue;
            }

            Report?.Invoke(Diagnostic.Verbose(SourceCodes.Remark, $"{source.Name} has no environment {plan.Key}."));
        }

        return silent is not null && mustAnswer ? throw silent : null;
    }

    /// <summary>Holds an offer against the plan and the policy.</summary>
    /// <exception cref="DiagnosticException">It is not taken (exit code 4).</exception>
    public FoundEnvironment Check(EnvironmentPlan plan, IEnvironmentSource source, EnvironmentOffer offer)
    {
        // The signatures are of the bytes, so they are checked before the bytes are read as anything.
        var statement = Policy?.Check(
            new() { Key = plan.Key.Digest, Target = plan.Target, Manifest = Sha256Digest.Of(offer.Manifest.Span) }, offer.Signatures, Clock.GetUtcNow());
        var manifest = EnvironmentManifest.Read(offer.Manifest.Span, source.Name);
        if (statement is not null && !statement.Layers.Select(layer => layer.Sha256).SequenceEqual(manifest.Layers.Select(layer => layer.Digest)))
        {
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                TrustCodes.OtherContent, $"What was signed of the environment {plan.Key} does not name the layers that {source.Name} says it has. Nothing of it was unpacked.",
                remedy: "Have the environment signed and published anew."));
        }

        if (manifest.Key != plan.Key)
        {
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                SourceCodes.OtherContent, $"{source.Name} has the environment {manifest.Key} under the key {plan.Key}.",
                remedy: "Do not use it. Tell whoever runs the source."));
        }

        CheckFreshness(plan, source, manifest, statement);
        return new(manifest, source, offer, statement);
    }

    /// <summary>Remembers an environment that was installed.</summary>
    public void Note(EnvironmentPlan plan, FoundEnvironment found)
    {
        if (TimeOf(found.Manifest, found.Statement) is { } time)
            Seen.Note(found.Source.Name, ManifestPath, plan.Target, new(plan.Key.ToString(), time));
    }

    private void CheckFreshness(EnvironmentPlan plan, IEnvironmentSource source, EnvironmentManifest manifest, ProvenanceStatement? statement)
    {
        if (TimeOf(manifest, statement) is not { } time || Seen.Find(source.Name, ManifestPath, plan.Target) is not { } seen || time >= seen.Time)
            return;
        var rollback = Diagnostic.Error(
            TrustCodes.Rollback,
            string.Create(CultureInfo.InvariantCulture, $"{source.Name} offers an environment of {time.UtcDateTime:u} for this manifest, and had one of {seen.Time.UtcDateTime:u} before ({seen.Key[..12]})."),
            remedy: "If the lock was taken back on purpose, this is as it should be ('rollback: warn' takes it); else somebody may be holding back what was mended since.");
        if (RefusesRollback)
            throw new DiagnosticException(ExitCode.Integrity, rollback);
        Report?.Invoke(rollback with { Severity = DiagnosticSeverity.Warning });
    }

    private static DateTimeOffset? TimeOf(EnvironmentManifest manifest, ProvenanceStatement? statement) => statement?.Time ?? manifest.Provenance?.Created;
}
