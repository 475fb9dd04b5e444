using Microsoft.Win32.SafeHandles;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// A bundle on disk: the environment's description, and its layers at once, each by itself. Opening reads the head only; each layer is
/// verified when it is taken into a store.
/// </summary>
public sealed class BundleReader : ILayerSource, IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Dictionary<Sha256Digest, (string Name, long Offset, long Size)> _layers = [];

    private BundleReader(string path, SafeFileHandle file)
    {
        Name = path;
        _file = file;
        Manifest = ReadHead();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The environment's description.</summary>
    public EnvironmentManifest Manifest { get; }

    /// <summary>Opens a bundle.</summary>
    /// <exception cref="DiagnosticException">It is no bundle, or damaged, or cannot be read.</exception>
    public static BundleReader Open(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
            try
            {
                return new(path, file);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw e is FileNotFoundException or DirectoryNotFoundException
                ? new DiagnosticException(ExitCode.Usage, Diagnostic.Error(EnvironmentCodes.BundleRefused, $"There is no bundle '{path}'.", remedy: "Name a file that dotnet pyenv pack made."))
                : StorageFault.Explain(e, path);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<Sha256Digest>>(layers.Select(layer => layer.Digest).Where(_layers.ContainsKey).ToHashSet());

    /// <inheritdoc/>
    public Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken)
    {
        if (!_layers.TryGetValue(layer.Digest, out var part))
            return Task.FromResult<LayerContent?>(null);
        var header = TarHeader.Of(part.Name, part.Size, isExecutable: false);
        if (!Read(part.Offset, header.Length).AsSpan().SequenceEqual(header))
            throw Refuse($"{part.Name} is not where the index says");
        CheckZeros(part.Offset + header.Length + part.Size, TarHeader.Padding(part.Size));
        return Task.FromResult<LayerContent?>(new(new FileWindow(_file, part.Offset + header.Length, part.Size), part.Size));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private EnvironmentManifest ReadHead()
    {
        var offset = 0L;
        var manifest = EnvironmentManifest.Read(ReadFirst(Bundle.ManifestName, EnvironmentManifest.MaxBytes, ref offset), $"the bundle {Name}");
        var parts = Bundle.ReadIndex(ReadFirst(Bundle.IndexName, Bundle.MaxIndexBytes, ref offset)) ?? throw Refuse("its index cannot be read");
        if (!parts.Select(part => part.Name).SequenceEqual(manifest.Parts.Select(Bundle.NameOf)))
            throw Refuse("its index does not name the environment's layers, in their order");
        for (var i = 0; i < parts.Count; i++)
        {
            _layers.Add(manifest.Parts[i].Digest, (parts[i].Name, offset, parts[i].Size));
            offset += Bundle.ExtentOf(parts[i].Name, parts[i].Size);
        }

        var length = RandomAccess.GetLength(_file);
        if (length != offset + TarHeader.EndSize)
            throw Refuse($"it has {length} bytes, and its index makes {offset + TarHeader.EndSize}");
        CheckZeros(offset, TarHeader.EndSize);
        return manifest;
    }

    /// <summary>Nothing hides where a tar has nothing.</summary>
    private void CheckZeros(long offset, int count)
    {
        if (Read(offset, count).AsSpan().ContainsAnyExcept((byte)0))
            throw Refuse("something is where nothing should be");
    }

    private byte[] ReadFirst(string name, int maxBytes, ref long offset)
    {
        var block = Read(offset, TarHeader.BlockSize);
        var size = TarHeader.SizeIn(block);
        if (size < 0 || size > maxBytes || !block.AsSpan().SequenceEqual(TarHeader.Of(name, size, isExecutable: false)))
            throw Refuse(offset == 0 ? "it does not begin as a bundle does" : $"{name} is not where it should be");
        var content = Read(offset + TarHeader.BlockSize, (int)size);
        CheckZeros(offset + TarHeader.BlockSize + size, TarHeader.Padding(size));
        offset += Bundle.ExtentOf(name, size);
        return content;
    }

    private byte[] Read(long offset, int count)
    {
        var bytes = new byte[count];
        for (var done = 0; done < count;)
        {
            var read = RandomAccess.Read(_file, bytes.AsSpan(done), offset + done);
            if (read == 0)
                throw Refuse("it ends too early");
            done += read;
        }

        return bytes;
    }

    private DiagnosticException Refuse(string why) => new(ExitCode.Integrity, Diagnostic.Error(
        EnvironmentCodes.BundleRefused, $"The bundle {Name} is refused: {why}.", remedy: "Fetch it again, or have it packed again: dotnet pyenv pack."));
}
