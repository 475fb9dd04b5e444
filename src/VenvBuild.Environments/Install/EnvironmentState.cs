using System.Text.Json;

namespace VenvBuild.Environments;

/// <summary>
/// What an environment of ours remembers of itself, in one small file: its key, its interpreter, what its folders looked like when
/// it was finished, and its layers. The first three stand first, so that a check reads no further.
/// </summary>
internal sealed class EnvironmentState
{
    public const string FileName = EnvironmentRecord.Prefix + ".json";

    private const int Format = 1;

    public required string Key { get; init; }

    public required ExecutableStamp Interpreter { get; init; }

    /// <summary>The path that the environment's python links to.</summary>
    public required string Executable { get; init; }

    /// <summary>How it was made, as far as that shows (<see cref="SyncOptions.Form"/>); null where an earlier version made it.</summary>
    public string? Form { get; init; }

    /// <summary>The revision of the writer that made it; zero where that was an earlier one than those that say so.</summary>
    public required long Revision { get; init; }

    /// <summary>
    /// A time, in ticks of UTC, at which nothing was in the environment but what was put there: a folder that has not changed since has no more
    /// entries. Zero where nobody can say so.
    /// </summary>
    public long OwnSince { get; init; }

    /// <summary>The digest of the checks that went well in it; null where there were none.</summary>
    public string? Checks { get; init; }

    /// <summary>Places in the environment with the ticks of their last change.</summary>
    public required IReadOnlyList<(string Place, long Ticks)> Prints { get; init; }

    /// <summary>Writes the file, whole or not at all.</summary>
    public static void Write(string folder, EnvironmentPlan plan, Interpreter interpreter, LinkMode link, SyncOptions options, long ownSince) =>
        Write(folder, plan, interpreter, link, options, ownSince, [.. PlacesOf(VenvLayout.Of(interpreter)).Select(place => (place, TicksOf(Path.Combine(folder, place))))]);

    /// <summary>Writes the file of an environment whose places will look so when it is finished.</summary>
    public static void Write(
        string folder, EnvironmentPlan plan, Interpreter interpreter, LinkMode link, SyncOptions options, long ownSince, IReadOnlyList<(string Place, long Ticks)> prints)
    {
        var path = Path.Combine(folder, FileName);
        using (var file = File.Create(path + ".tmp"))
            Write(file, plan, interpreter, link, options, ownSince, prints);
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>
    /// What time it is for <see cref="OwnSince"/>: a little earlier, as file systems may note a change with the time of the last tick of a coarse
    /// clock.
    /// </summary>
    public static long Now => DateTime.UtcNow.Ticks - 20 * TimeSpan.TicksPerMillisecond;

    /// <summary>The places by which an environment is known at a glance.</summary>
    public static IReadOnlyList<string> PlacesOf(VenvLayout layout) => [layout.SitePackages, layout.Scripts, "pyvenv.cfg"];

    private static void Write(
        FileStream file, EnvironmentPlan plan, Interpreter interpreter, LinkMode link, SyncOptions options, long ownSince, IReadOnlyList<(string Place, long Ticks)> prints)
    {
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteString("key", plan.Key.ToString());
        json.WriteString("executable", interpreter.Executable);
        json.WriteString("interpreter", interpreter.Stamp!.RealPath);
        json.WriteNumber("interpreter-size", interpreter.Stamp.Size);
        json.WriteNumber("interpreter-ticks", interpreter.Stamp.Ticks);
        json.WriteString("form", options.Form);
        json.WriteNumber("revision", EnvironmentWriter.Revision);
        json.WriteNumber("own-since", ownSince);
        if (EnvironmentCheck.DigestOf(options.Checks) is { } checks)
            json.WriteString("checks", checks);
        json.WriteStartObject("prints");
        foreach (var (place, ticks) in prints)
            json.WriteNumber(place, ticks);
        json.WriteEndObject();
        WritePlan(json, plan, interpreter.Version.ToString(), link);
        json.WriteEndObject();
    }

    /// <summary>
    /// Writes what an environment for another machine says of itself: all that it is held against later, and no path of this machine. No sync
    /// takes it for one of its own, as it says nothing of an interpreter that was here.
    /// </summary>
    public static void WriteForElsewhere(string folder, EnvironmentPlan plan, EnvironmentFrame frame, LinkMode link, SyncOptions options)
    {
        using var file = File.Create(Path.Combine(folder, FileName));
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteString("key", plan.Key.ToString());
        json.WriteString("executable", frame.Executable);
        json.WriteString("form", (options with { Link = link, Origins = null, WithPython = frame.Python is not null }).Form);
        json.WriteNumber("revision", EnvironmentWriter.Revision);
        if (frame.Layout.IsWindows)
        {
            // What they are made of may not be where they are checked.
            var scripts = Path.Combine(folder, frame.Layout.Scripts);
            json.WriteStartObject("launchers");
            foreach (var path in Directory.EnumerateFiles(scripts, "*.exe").Order(StringComparer.Ordinal))
                json.WriteString($"{frame.Layout.Scripts}/{Path.GetFileName(path)}", FileDigest.Of(path).ToString());
            json.WriteEndObject();
        }

        WritePlan(json, plan, frame.PythonVersion, link);
        json.WriteEndObject();
    }

    private static void WritePlan(Utf8JsonWriter json, EnvironmentPlan plan, string python, LinkMode link)
    {
        json.WriteString("target", plan.Target.ToString());
        json.WriteString("python", python);
        json.WriteBoolean("bytecode", plan.HasBytecode);
        json.WriteString("link", link.ToString().ToLowerInvariant());
        json.WriteStartArray("layers");
        foreach (var wheel in plan.Wheels)
        {
            json.WriteStartObject();
            json.WriteString("name", wheel.Name.Value);
            json.WriteString("version", wheel.Version.ToString());
            json.WriteString("file", wheel.File.Text);
            json.WriteString("sha256", wheel.Sha256.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Reads as much as a check needs; null when there is no such file or it cannot be read.</summary>
    public static EnvironmentState? Read(string folder)
    {
        try
        {
            return Read(File.ReadAllBytes(Path.Combine(folder, FileName)));
        }
        catch (Exception e) when (StorageFault.IsStorage(e) || e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Whether the environment looks as it did when it was finished. Looks at a handful of files and starts nothing.</summary>
    public bool IsWhole(string folder)
    {
        foreach (var (place, ticks) in Prints)
        {
            if (TicksOf(Path.Combine(folder, place)) != ticks)
                return false;
        }

        var info = new FileInfo(Interpreter.RealPath);
        return info.Exists && info.Length == Interpreter.Size && info.LastWriteTimeUtc.Ticks == Interpreter.Ticks;
    }

    private static long TicksOf(string path) => File.GetLastWriteTimeUtc(path).Ticks;

    private static EnvironmentState? Read(ReadOnlySpan<byte> bytes)
    {
        var json = new Utf8JsonReader(bytes);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        var prints = new List<(string, long)>();
        json.Read();
        while (prints.Count == 0 && json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var key = json.GetString()!;
            json.Read();
            if (json.TokenType == JsonTokenType.Number)
                numbers[key] = json.GetInt64();
            else if (json.TokenType == JsonTokenType.String)
                texts[key] = json.GetString()!;
            else if (key == "prints")
                ReadPrints(ref json, prints);
            else
                json.Skip();
        }

        if (numbers.GetValueOrDefault("format") != Format || prints.Count == 0)
            return null;
        return new EnvironmentState
        {
            Key = texts.GetValueOrDefault("key") ?? throw new FormatException(),
            Executable = texts.GetValueOrDefault("executable") ?? throw new FormatException(),
            Interpreter = new(texts.GetValueOrDefault("interpreter") ?? throw new FormatException(), numbers.GetValueOrDefault("interpreter-size"), numbers.GetValueOrDefault("interpreter-ticks")),
            Form = texts.GetValueOrDefault("form"),
            Revision = numbers.GetValueOrDefault("revision"),
            OwnSince = numbers.GetValueOrDefault("own-since"),
            Checks = texts.GetValueOrDefault("checks"),
            Prints = prints,
        };
    }

    private static void ReadPrints(ref Utf8JsonReader json, List<(string, long)> prints)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var place = json.GetString()!;
            json.Read();
            prints.Add((place, json.GetInt64()));
        }
    }
}
