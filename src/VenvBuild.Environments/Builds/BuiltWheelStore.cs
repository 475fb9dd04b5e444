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
    /// <summary>The file of a build that says what it came to; its time is that of the last use.</summary>
    public const string RecordName = "build";

    private const string Notes = "built";
    private const string Metadata = "built-metadata";
    private const int FormatVersion = 1;
    private const string Same = "same";
    private const string Differs = "differs";

    private readonly string _root = Path.Combine(cache.Root, "builds", "v1");

    public string Staging => Path.Combine(_root, ".staging");

    public string Locks => Path.Combine(_root, ".locks");

    /// <summary>Where the log of a source's last build is.</summary>
    public string LogOf(BuildSource source) => Path.Combine(cache.Folder("build-logs", FormatVersion), $"{source.Name}-{source.Digest.ToString()[..12]}.log");

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
        var wheel = Read(FolderOf(key));
        return wheel is not null && IsWhole(wheel) ? wheel : null;
    }

    /// <summary>What a folder says that it keeps, unchecked; null where it says nothing that can be read.</summary>
    public static BuiltWheel? Read(string folder)
    {
        if (UseStamp.ReadAndRenew(Path.Combine(folder, RecordName)) is not { } bytes)
            return null;
        var lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines is not [var name, var hex, var twice, .. var pins] || !WheelFileName.TryParse(name, out var file) || !Sha256Digest.TryParse(hex, out var digest))
            return null;
        var wheel = new FileInfo(Path.Combine(folder, file.Text));
        return wheel.Exists ? new(file, wheel.FullName, digest, wheel.Length, pins) { IsReproducible = twice == Same ? true : twice == Differs ? false : null } : null;
    }

    /// <summary>Whether the wheel has the bytes that it was kept with.</summary>
    public static bool IsWhole(BuiltWheel wheel)
    {
        try
        {
            return FileDigest.Of(wheel.Path) == wheel.Sha256;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return false;
        }
    }

    /// <summary>Keeps a wheel, which is moved: whole or not at all.</summary>
    public BuiltWheel Add(string key, string wheel, IReadOnlyList<string> pins, string staging)
    {
        var made = Path.Combine(staging, "kept");
        Directory.CreateDirectory(made);
        Write(made, Path.GetFileName(wheel), FileDigest.Of(wheel), isReproducible: null, pins);
        File.Move(wheel, Path.Combine(made, Path.GetFileName(wheel)));
        var folder = FolderOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        FolderRemoval.Remove(folder);
        Directory.Move(made, folder);
        return Find(key) ?? throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The built wheel in '{folder}' cannot be read back."));
    }

    /// <summary>Notes what a second build came to.</summary>
    public static BuiltWheel Mark(BuiltWheel wheel, bool isReproducible)
    {
        Write(Path.GetDirectoryName(wheel.Path)!, wheel.File.Text, wheel.Sha256, isReproducible, wheel.Pins);
        return wheel with { IsReproducible = isReproducible };
    }

    private static void Write(string folder, string name, Sha256Digest digest, bool? isReproducible, IReadOnlyList<string> pins)
    {
        var path = Path.Combine(folder, RecordName);
        string[] lines = [name, digest.ToString(), isReproducible is null ? "once" : isReproducible.Value ? Same : Differs, .. pins];
        File.WriteAllText(path + ".tmp", string.Join('\n', lines));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    private string FolderOf(string key) => Path.Combine(_root, key[..2], key);
}
