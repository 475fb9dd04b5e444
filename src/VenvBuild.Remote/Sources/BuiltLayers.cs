using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>The layers of an environment that was made here, packed when they are asked for, each into a file that goes when it was read.</summary>
/// <param name="layers">The layers in the store.</param>
public sealed class BuiltLayers(IEnumerable<(LayerReference Reference, Layer Layer)> layers) : ILayerSource
{
    private readonly Dictionary<Sha256Digest, Layer> _layers = layers.ToDictionary(layer => layer.Reference.Digest, layer => layer.Layer);

    /// <inheritdoc/>
    public string Name => "this machine's store";

    /// <inheritdoc/>
    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<Sha256Digest>>(layers.Select(layer => layer.Digest).Where(_layers.ContainsKey).ToHashSet());

    /// <inheritdoc/>
    public async Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken)
    {
        if (!_layers.TryGetValue(layer.Digest, out var found))
            return null;
        var path = Path.Combine(Path.GetTempPath(), $"venvbuild-{Guid.NewGuid():N}.tar.zst");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        try
        {
            await LayerArchive.WriteAsync(found, file, LayerDensity.Dense, cancellationToken).ConfigureAwait(false);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            file.Position = 0;
            return new(file, file.Length);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
