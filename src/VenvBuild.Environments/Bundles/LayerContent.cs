namespace VenvBuild.Environments;

/// <summary>A layer's archive as a source gives it, compressed or not. Whoever was given it disposes it.</summary>
/// <param name="archive">The bytes, from the beginning; disposed with this.</param>
/// <param name="length">How many bytes will come, or null where the source does not know.</param>
public sealed class LayerContent(Stream archive, long? length) : IAsyncDisposable
{
    /// <summary>The bytes.</summary>
    public Stream Archive { get; } = archive;

    /// <summary>How many bytes will come, or null where the source does not know.</summary>
    public long? Length { get; } = length;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Archive.DisposeAsync();
}
