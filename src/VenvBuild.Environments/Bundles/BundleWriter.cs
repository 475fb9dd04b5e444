using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Writes an environment into one file: its description first, then where everything is, then its layers.</summary>
public static class BundleWriter
{
    /// <summary>Writes a bundle to a stream, in one pass. The same environment from the same archives makes the same bytes.</summary>
    /// <param name="manifest">The environment.</param>
    /// <param name="source">Has every layer, and knows each one's length.</param>
    /// <param name="destination">The stream.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">A layer is missing or of unknown length.</exception>
    public static async Task WriteAsync(EnvironmentManifest manifest, ILayerSource source, Stream destination, CancellationToken cancellationToken = default)
    {
        var parts = new List<(string Name, long Size)>(manifest.Layers.Count + 1);
        foreach (var layer in manifest.Parts)
        {
            var content = await OpenAsync(source, layer, cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                parts.Add((Bundle.NameOf(layer), content.Length ?? throw Missing(source, layer, "does not know the length of")));
        }

        var description = manifest.ToUtf8Bytes();
        await PutAsync(destination, Bundle.ManifestName, new MemoryStream(description), description.Length, cancellationToken).ConfigureAwait(false);
        var index = Bundle.WriteIndex(parts);
        await PutAsync(destination, Bundle.IndexName, new MemoryStream(index), index.Length, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < parts.Count; i++)
        {
            var content = await OpenAsync(source, manifest.Parts[i], cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                await PutAsync(destination, parts[i].Name, content.Archive, parts[i].Size, cancellationToken).ConfigureAwait(false);
        }

        await destination.WriteAsync(new byte[TarHeader.EndSize], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes a bundle of layers in the store to a file, whole or not at all. The layers are compressed beside it first, as many at once as
    /// there are cores.
    /// </summary>
    /// <exception cref="DiagnosticException">A layer is damaged, or the disk fails.</exception>
    public static async Task WriteFileAsync(EnvironmentBuild build, string path, CancellationToken cancellationToken = default)
    {
        path = Path.GetFullPath(path);
        OutputFile.CheckPlace(path);
        try
        {
            using var making = SiblingFolder.Create(path);
            var staging = making.Path;
            var shelf = new LayerFolder(staging);
            // The largest first, so that none of them is begun last.
            await Parallel.ForEachAsync(
                build.Layers.OrderByDescending(layer => layer.Reference.Size),
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
                async (layer, token) => await shelf.AddAsync(layer.Reference, layer.Layer, token).ConfigureAwait(false)).ConfigureAwait(false);
            var whole = Path.Combine(staging, "bundle");
            var file = new FileStream(whole, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (file.ConfigureAwait(false))
            {
                await WriteAsync(build.Manifest, shelf, file, cancellationToken).ConfigureAwait(false);
                await file.FlushAsync(cancellationToken).ConfigureAwait(false);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(whole, path, overwrite: true);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, path);
        }
    }

    private static async Task PutAsync(Stream destination, string name, Stream content, long size, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(TarHeader.Of(name, size, isExecutable: false), cancellationToken).ConfigureAwait(false);
        var buffer = new byte[(int)Math.Min(size, 128 << 10)];
        for (var left = size; left > 0;)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
            await content.ReadExactlyAsync(part, cancellationToken).ConfigureAwait(false);
            await destination.WriteAsync(part, cancellationToken).ConfigureAwait(false);
            left -= part.Length;
        }

        await destination.WriteAsync(new byte[TarHeader.Padding(size)], cancellationToken).ConfigureAwait(false);
    }

    private static async Task<LayerContent> OpenAsync(ILayerSource source, LayerReference layer, CancellationToken cancellationToken) =>
        await source.OpenAsync(layer, cancellationToken).ConfigureAwait(false) ?? throw Missing(source, layer, "has not got");

    private static DiagnosticException Missing(ILayerSource source, LayerReference layer, string what) => new(ExitCode.Integrity, Diagnostic.Error(
        EnvironmentCodes.LayerNotFound, $"{source.Name} {what} {layer} (sha256:{layer.Digest}), so no bundle can be made of it.",
        remedy: "Make the layers first: dotnet pyenv build, or pull the environment from where it is whole."));
}
