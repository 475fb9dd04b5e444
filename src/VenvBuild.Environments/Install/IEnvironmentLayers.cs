using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Where the layers of one environment come from: its wheels, or layers that others made of them.</summary>
internal interface IEnvironmentLayers
{
    /// <summary>All layers in the plan's order, the bytecode of each by its wheel's digest, and how many layers were not here yet.</summary>
    Task<(IReadOnlyList<Layer> Layers, IReadOnlyDictionary<Sha256Digest, Layer> Bytecode, int Fetched)> GetAsync(
        IProgress<SyncProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Puts a damaged layer right, or takes it out of the store that it is in, so that it is had anew.</summary>
    Task RemoveAsync(Layer layer, CancellationToken cancellationToken);
}
