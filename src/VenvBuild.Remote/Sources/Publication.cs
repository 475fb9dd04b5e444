using VenvBuild.Environments;

namespace VenvBuild.Remote;

/// <summary>An environment on its way to a place.</summary>
/// <param name="Manifest">The description.</param>
/// <param name="Layers">Has every layer, and knows each one's length.</param>
/// <param name="Sign">
/// Signs a description: given that of the environment as it is at the place, which may be another builder's, and answers the envelopes to
/// add; null to sign nothing.
/// </param>
public sealed record Publication(EnvironmentManifest Manifest, ILayerSource Layers, Func<EnvironmentManifest, DsseEnvelope>? Sign)
{
    /// <summary>Told how far it is.</summary>
    public IProgress<PublishProgress>? Progress { get; init; }
}
