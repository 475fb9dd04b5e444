using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// What an environment remembers of itself, read whole: for who checks it later, maybe on another machine. It is believed as far as something
/// else bears it out: a signature over the description, or the lock.
/// </summary>
internal sealed record EnvironmentRecord
{
    /// <summary>How the names of these files begin. No distribution may bring one.</summary>
    public const string Prefix = ".venvbuild";

    /// <summary>The description (<see cref="EnvironmentManifest"/>) of an environment that came from elsewhere, to the byte.</summary>
    public const string ManifestName = Prefix + ".manifest.json";

    /// <summary>The signatures of the description.</summary>
    public const string SignaturesName = Prefix + ".intoto.jsonl";

    /// <summary>The list of an interpreter's files that are part of the environment.</summary>
    public const string PythonName = Prefix + ".python.json";

    private const int MaxBytes = 64 << 20;

    /// <summary>What the environment consists of.</summary>
    public required EnvironmentPlan Plan { get; init; }

    /// <summary>The key that it says it has.</summary>
    public required string Key { get; init; }

    /// <summary>The interpreter that it links to.</summary>
    public required string Executable { get; init; }

    /// <summary>The full version of the interpreter.</summary>
    public required string Python { get; init; }

    /// <summary>How its files came from the store.</summary>
    public required LinkMode Link { get; init; }

    /// <summary>How it was made (<see cref="SyncOptions.Form"/>).</summary>
    public required string Form { get; init; }

    /// <summary>
    /// The digests of launchers of Windows, by their places, in an environment that was made elsewhere: what they were made of need not be here.
    /// Null for others.
    /// </summary>
    public required IReadOnlyDictionary<string, Sha256Digest>? Launchers { get; init; }

    /// <summary>Whether it was made for another machine, from wheels and not from a description that came: nobody signed that, then.</summary>
    public required bool IsForElsewhere { get; init; }

    /// <summary>The folder of the interpreter that it links to, as its own system writes paths.</summary>
    public string Home => Executable[..Math.Max(0, Executable.AsSpan().LastIndexOfAny(Plan.Target.Platform.IsWindows ? @"\/" : "/"))];

    /// <summary>Writes the description of an environment that comes from elsewhere, and its signatures.</summary>
    public static void WriteDescription(string folder, EnvironmentManifest manifest, ReadOnlyMemory<byte>? signatures)
    {
        File.WriteAllBytes(Path.Combine(folder, ManifestName), manifest.ToUtf8Bytes());
        if (signatures is { } bytes)
            File.WriteAllBytes(Path.Combine(folder, SignaturesName), bytes.ToArray());
    }

    /// <summary>Reads one of the files; null when it is not there.</summary>
    public static byte[]? ReadBytes(string folder, string name)
    {
        var info = new FileInfo(Path.Combine(folder, name));
        if (!info.Exists)
            return null;
        return info.Length <= MaxBytes && info.LinkTarget is null
            ? File.ReadAllBytes(info.FullName)
            : throw Refuse(folder, $"{name} is a link, or larger than {MaxBytes >> 20} MiB");
    }

    /// <summary>Reads the record.</summary>
    /// <exception cref="DiagnosticException">There is none (exit code 2), or it contradicts itself (exit code 4).</exception>
    public static EnvironmentRecord Read(string folder)
    {
        if (ReadBytes(folder, EnvironmentState.FileName) is not { } bytes)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                EnvironmentCodes.NotAnEnvironment, $"'{folder}' holds no environment that this tool made: {EnvironmentState.FileName} is not there.",
                remedy: "Name the folder of one that 'sync', 'pull', 'unpack', 'build' or 'publish' made."));
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            var wheels = root.GetProperty("layers").EnumerateArray()
                .Select(layer => new PlannedWheel { File = WheelFileName.Parse(Text(layer, "file")), Sha256 = Sha256Digest.Parse(Text(layer, "sha256")) });
            return new()
            {
                Plan = new(TargetOf(Text(root, "target")), wheels.ToList(), root.GetProperty("bytecode").GetBoolean()),
                Key = Text(root, "key"),
                Executable = Text(root, "executable"),
                Python = Text(root, "python"),
                Link = Enum.Parse<LinkMode>(Text(root, "link"), ignoreCase: true),
                Form = Text(root, "form"),
                IsForElsewhere = !root.TryGetProperty("interpreter", out _),
                Launchers = root.TryGetProperty("launchers", out var launchers)
                    ? launchers.EnumerateObject().ToDictionary(launcher => launcher.Name, launcher => Sha256Digest.Parse(launcher.Value.GetString()!), StringComparer.Ordinal)
                    : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or OverflowException)
        {
            throw Refuse(folder, $"{EnvironmentState.FileName} cannot be read");
        }
    }

    public static DiagnosticException Refuse(string folder, string why) => new(ExitCode.Integrity, Diagnostic.Error(
        EnvironmentCodes.RecordRefused, $"What the environment '{folder}' says of itself does not hold: {why}.",
        remedy: "Do not use it: it was changed, or damaged. 'dotnet pyenv sync' makes it anew."));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException(name);

    /// <summary>Reads what <see cref="Target.ToString"/> writes.</summary>
    private static Target TargetOf(string text)
    {
        const string start = "CPython ";
        var on = text.IndexOf(" on ", StringComparison.Ordinal);
        if (!text.StartsWith(start, StringComparison.Ordinal) || on < 0)
            throw new FormatException(text);
        var minor = text[start.Length..on];
        return new(Platform.Parse(text[(on + 4)..]), PythonMinor.Parse(minor.TrimEnd('t')), minor.EndsWith('t'));
    }
}
