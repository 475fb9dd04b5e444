namespace VenvBuild.Environments;

/// <summary>A layer of the store is not as it was made: somebody wrote through a hard link, or the disk lost it. It is made again.</summary>
internal sealed class DamagedLayerException(Layer layer, LayerFile file) : Exception($"'{layer.PathOf(file)}' was changed in the store.")
{
    public Layer Layer { get; } = layer;

    public LayerFile File { get; } = file;
}
