using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Makes the layers of a plan and describes them: an environment that needs no place yet, for this machine's platform or another.</summary>
/// <param name="cacheFolder">The folder that the store is below.</param>
public sealed class EnvironmentBuilder(string cacheFolder)
{
    private readonly LayerDigests _digests = new(cacheFolder);

    /// <summary>Fetches, verifies and unpacks the wheels that the store lacks, compiles where that is possible, and describes the result.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="interpreter">A Python of the plan's minor, to compile modules with; null where none is here, and whoever installs compiles.</param>
    /// <param name="source">Where wheels come from.</param>
    /// <param name="options">How many wheels are fetched at once.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The description, and each of its layers in the store.</returns>
    /// <exception cref="DiagnosticException">A wheel cannot be had or is refused, or the disk fails.</exception>
    public async Task<(EnvironmentManifest Manifest, IReadOnlyList<(LayerReference Reference, Layer Layer)> Layers)> BuildAsync(
        EnvironmentPlan plan, Interpreter? interpreter, IWheelSource source, SyncOptions? options = null,
        IProgress<SyncProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var (wheels, bytecode, _) = await new WheelLayers(plan, interpreter, cacheFolder, source, options ?? new())
            .GetAsync(progress, cancellationToken).ConfigureAwait(false);
        // A layer without files is not worth carrying.
        var layers = wheels.Concat(bytecode.Values.Where(layer => layer.Files.Count > 0)).ToArray();
        var described = new (LayerReference Reference, Layer Layer)[layers.Length];
        await Parallel.ForAsync(0, layers.Length, cancellationToken, async (i, token) =>
            described[i] = (await _digests.GetAsync(layers[i], token).ConfigureAwait(false), layers[i])).ConfigureAwait(false);
        return (new EnvironmentManifest(plan, described.Select(layer => layer.Reference)), described);
    }
}
