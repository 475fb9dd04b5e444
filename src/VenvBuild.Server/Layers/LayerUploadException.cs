namespace VenvBuild.Server;

/// <summary>What was sent is not the layer that it was sent as.</summary>
internal sealed class LayerUploadException(string message, bool isTooLarge = false, Exception? inner = null) : Exception(message, inner)
{
    public bool IsTooLarge { get; } = isTooLarge;
}
