using System.Globalization;
using System.Text;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The wheels that were built here, each once: by what it was built from, for which target and with which pins
/// (<c>builds/v1/ab/abcd.../</c>). A note for each source, target and settings says which of them it came to, so that a second run solves
/// and starts nothing.
/// </summary>
internal sealed class BuiltWheelStore(CacheFolder cache)
{
    private const string Notes = "built";
    private const string Metadata = "built-metadata";
    private const int FormatVersion = 1;
    private const string RecordName = "build";

    private readonly string _root = Path.Combine(cache.Root, "builds", "v1");

    public string Staging => Path.Combine(_root, ".staging");

    public string Locks => Path.Combine(_root, ".locks");

    /// <summary>Where the log of a source's last build is.</summary>
    public string LogOf(BuildSource source) => Path.Combine(_root, ".logs", $"{source.Name}-{source.Digest.ToString()[..12]}.log");

    /// <summary>The wheel that a source came to before, or null when it is not there (any more).</summary>
    public BuiltWheel? Recall(string note) =>
        cache.TryRead(Notes, FormatVersion, note, out var start) is { } bytes ? Find(Encoding.ASCII.GetString(bytes.AsSpan(start))) : null;

    /// <summary>Remembers which build a source came to.</summary>
    public void Remember(string note, string key) => cache.TryWrite(Notes, FormatVersion, note, Encoding.ASCII.GetBytes(key));

    /// <summary>The core metadata that a source came to before, or null.</summary>
    public byte[]? RecallMetadata(string note) => cache.TryRead(Metadata, FormatVersion, note, out var start) is { } bytes ? bytes[start..] : null;

    public void RememberMetadata(string note, byte[] metadata) => cache.TryWrite(Metadata, FormatVersion, note, metadata);

    /// <summary>The wheel of a build, or null when it was not made, or not as it was made.</summary>
    public BuiltWheel? Find(string key)
    {
        if (key.Length != 64 || !key.All(char.IsAsciiHexDigitLower))
            return null;
        var folder = FolderOf(key);
        try
        {
            var lines = File.ReadAllLines(Path.Combine(folder, RecordName));
            if (lines is not [var name, var hex, .. var pins] || !WheelFileName.TryParse(name, out var file) || !Sha256Digest.TryParse(hex, out var digest))
                return null;
            var wheel = new FileInfo(Path.Combine(folder, file.Text));
            return wheel.Exists && FileDigest.Of(wheel.FullName) == digest ? new(file, wheel.FullName, digest, wheel.Length, pins) : null;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return null;
        }
    }

    /// <summary>Keeps a wheel, which is moved: whole or not at all.</summary>
    public BuiltWheel Add(string key, string wheel, IReadOnlyList<string> pins, string staging)
    {
        var made = Path.Combine(staging, "kept");
        Directory.CreateDirectory(made);
        File.WriteAllLines(Path.Combine(made, RecordName), [Path.GetFileName(wheel), FileDigest.Of(wheel).ToString(), .. pins]);
        File.Move(wheel, Path.Combine(made, Path.GetFileName(wheel)));
        var folder = FolderOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        FolderRemoval.Remove(folder);
        Directory.Move(made, folder);
        return Find(key) ?? throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The built wheel in '{folder}' cannot be read back."));
    }

    private string FolderOf(string key) => Path.Combine(_root, key[..2], key);
}
