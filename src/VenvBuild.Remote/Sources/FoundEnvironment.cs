using VenvBuild.Environments;

namespace VenvBuild.Remote;

/// <summary>An environment that a source has and that the policy takes.</summary>
/// <param name="Manifest">The description.</param>
/// <param name="Source">Where its layers are.</param>
/// <param name="Offer">What the source gave.</param>
/// <param name="Statement">The signed statement that was believed; null where no keys are asked for.</param>
public sealed record FoundEnvironment(EnvironmentManifest Manifest, IEnvironmentSource Source, EnvironmentOffer Offer, ProvenanceStatement? Statement);
