namespace VenvBuild.Environments;

/// <summary>An environment's layers in the store of this machine, and its description. Until it is disposed, no pruning takes any of them away.</summary>
/// <param name="Manifest">The description.</param>
/// <param name="Layers">Each layer that it names, in no certain order.</param>
/// <param name="Fetched">How many wheels were not in the store before.</param>
public sealed record EnvironmentBuild(EnvironmentManifest Manifest, IReadOnlyList<(LayerReference Reference, Layer Layer)> Layers, int Fetched) : IDisposable
{
    internal StoreLease? Lease { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Lease?.Dispose();
}
