using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Computes the digest that a layer would have with the bytes that an environment holds. Where it is the digest that the description names,
/// both the list of files and every file are proven at once, whoever kept the list.
/// </summary>
internal sealed class LayerRehash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public LayerRehash(Layer layer)
    {
        var list = LayerManifest.ToBytes(layer);
        _hash.AppendData(TarHeader.Of(LayerManifest.FileName, list.Length, isExecutable: false));
        _hash.AppendData(list);
        _hash.AppendData(new byte[TarHeader.Padding(list.Length)]);
    }

    /// <summary>Whether every file so far could be read.</summary>
    public bool IsWhole { get; private set; } = true;

    public void Begin(LayerFile file) => _hash.AppendData(TarHeader.Of(LayerArchive.NameOf(file), file.Size, file.IsExecutable));

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public void End(LayerFile file) => _hash.AppendData(new byte[TarHeader.Padding(file.Size)]);

    /// <summary>Notes that a file's bytes are not to be had.</summary>
    public void Miss() => IsWhole = false;

    public Sha256Digest Finish()
    {
        _hash.AppendData(new byte[TarHeader.EndSize]);
        return Sha256Digest.FromBytes(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();
}
