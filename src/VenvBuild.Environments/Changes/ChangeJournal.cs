using System.Buffers;
using System.Text.Json;

namespace VenvBuild.Environments;

/// <summary>
/// What turns one environment into another, and the folder beside it in which that is prepared: <c>new</c> holds what comes, and while names are
/// changed, <c>env</c> is the environment itself and <c>gone</c> what was taken out of it. Every step is one rename, so that from whichever was
/// the last one the journal can be followed to its end, or back.
/// </summary>
internal sealed class ChangeJournal
{
    private const string FileName = "journal.json";
    private const int Format = 1;
    private const int MaxBytes = 16 << 20;

    private readonly string _folder;
    private readonly string _path;
    private readonly IReadOnlyList<string> _going;
    private readonly IReadOnlyList<string> _coming;

    /// <summary>A change that is prepared.</summary>
    /// <param name="folder">The folder in which it was.</param>
    /// <param name="path">The environment.</param>
    /// <param name="going">Places in the environment that are taken out, files or whole folders; none is below another.</param>
    /// <param name="coming">Places in <c>new</c> that are put in, none below another: where one of them is taken already, it is among those that go.</param>
    public ChangeJournal(string folder, string path, IReadOnlyList<string> going, IReadOnlyList<string> coming) =>
        (_folder, _path, _going, _coming) = (folder, path, going, coming);

    private string Aside => _folder + "/env";

    private string Gone => _folder + "/gone";

    /// <summary>Where what comes is prepared.</summary>
    public static string NewOf(string folder) => folder + "/new";

    /// <summary>Whether the environment itself is in the folder just now.</summary>
    public static bool HoldsEnvironment(string folder) => NativeFiles.Look(folder + "/env") is not null;

    /// <summary>Reads the journal of a run that ended while names were changed; null where there was none, or none that is believed.</summary>
    public static ChangeJournal? Read(string folder, string path)
    {
        try
        {
            var info = new FileInfo($"{folder}/{FileName}");
            if (!info.Exists || info.Length > MaxBytes || info.LinkTarget is not null || NativeFiles.Look(folder + "/env") is not { IsFolder: true })
                return null;
            var content = SealedFile.Open(File.ReadAllBytes(info.FullName));
            if (content.IsEmpty)
                return null;
            using var document = JsonDocument.Parse(content.ToArray());
            var journal = new ChangeJournal(folder, path, Places(document.RootElement, "going"), Places(document.RootElement, "coming"));
            return document.RootElement.GetProperty("format").GetInt32() == Format && journal._going.Concat(journal._coming).All(journal.IsInside) ? journal : null;
        }
        catch (Exception e) when (StorageFault.IsStorage(e) || e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes the journal. It is not forced to the disk, no more than what is about to be put in: where a power cut loses it, the environment is
    /// taken for lost and made anew, which is safe, while one that is put together of files that were lost would not be.
    /// </summary>
    public void Write()
    {
        var text = new ArrayBufferWriter<byte>(1 << 10);
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            Write(json, "going", _going);
            Write(json, "coming", _coming);
            json.WriteEndObject();
        }

        Directory.CreateDirectory(Gone);
        using var file = new FileStream($"{_folder}/{FileName}", FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(SealedFile.ToBytes(text.WrittenSpan));
    }

    /// <summary>
    /// Takes the environment aside, changes it, and puts it back: whoever looks finds the old one, none, or the new one. Where a step fails, all
    /// steps before it are undone.
    /// </summary>
    /// <param name="finished">Called with the environment's folder when it is changed and not yet visible.</param>
    /// <exception cref="IOException">A name cannot be changed.</exception>
    /// <exception cref="UnauthorizedAccessException">A name may not be changed.</exception>
    public void Apply(Action<string> finished)
    {
        Directory.Move(_path, Aside);
        try
        {
            GoForward();
            finished(Aside);
            Directory.Move(Aside, _path);
        }
        catch
        {
            TryGoBack();
            throw;
        }
    }

    /// <summary>Makes an environment that a killed run left aside whole and visible: the new one, or else the old. False when neither works.</summary>
    public bool TryFinish()
    {
        try
        {
            GoForward();
            Directory.Move(Aside, _path);
            return true;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return TryGoBack();
        }
    }

    private void GoForward()
    {
        for (var i = 0; i < _going.Count; i++)
        {
            if (!Exists(GoneAt(i)))
                Rename($"{Aside}/{_going[i]}", GoneAt(i));
        }

        foreach (var place in _coming)
        {
            if (Exists($"{NewOf(_folder)}/{place}"))
                Rename($"{NewOf(_folder)}/{place}", $"{Aside}/{place}");
        }
    }

    private bool TryGoBack()
    {
        try
        {
            foreach (var place in _coming)
            {
                if (!Exists($"{NewOf(_folder)}/{place}"))
                    Rename($"{Aside}/{place}", $"{NewOf(_folder)}/{place}");
            }

            for (var i = 0; i < _going.Count; i++)
            {
                if (Exists(GoneAt(i)))
                    Rename(GoneAt(i), $"{Aside}/{_going[i]}");
            }

            Directory.Move(Aside, _path);
            return true;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return false;
        }
    }

    private string GoneAt(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Gone}/{index}");

    private static bool Exists(string path) => NativeFiles.Look(path) is not null;

    private static void Rename(string from, string to)
    {
        if (File.GetAttributes(from).HasFlag(FileAttributes.Directory))
            Directory.Move(from, to);
        else
            File.Move(from, to);
    }

    /// <summary>Whether a place is in the environment, and no link on the way leads out of it: a folder like ours may be anyone's work.</summary>
    private bool IsInside(string place)
    {
        var parts = place.Split('/');
        if (Array.Exists(parts, part => part.Length == 0 || part is "." or ".." || part.AsSpan().ContainsAny('\\', ':', '\0') && OperatingSystem.IsWindows()))
            return false;
        return !HasLink(_folder, ["gone", ""]) && !HasLink(_folder, ["new", .. parts]) && !HasLink(_folder, ["env", .. parts]);
    }

    /// <summary>Whether anything that should be a folder is not, from a folder down to what holds the last of the parts.</summary>
    private static bool HasLink(string folder, ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (NativeFiles.Look(folder) is { IsFolder: false })
                return true;
            folder += "/" + part;
        }

        return false;
    }

    private static List<string> Places(JsonElement root, string name) =>
        [.. root.GetProperty(name).EnumerateArray().Select(place => place.GetString() ?? throw new FormatException(name))];

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> places)
    {
        json.WriteStartArray(name);
        foreach (var place in places)
            json.WriteStringValue(place);
        json.WriteEndArray();
    }
}
