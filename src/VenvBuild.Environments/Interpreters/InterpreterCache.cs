using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What interpreters answered, kept by real path, size and time of the executable: the second look starts no process.</summary>
internal sealed class InterpreterCache(string cacheFolder)
{
    // The kernel's and system's version are part of what markers see, so an upgrade asks again.
    private static readonly string System = RuntimeInformation.OSDescription;

    /// <summary>The part of the store that they are in: a sealed file for each.</summary>
    public const string Part = "interpreters";

    private const string Version = "v2";

    private readonly string _folder = Path.Combine(Path.GetFullPath(cacheFolder), Part, Version);

    public Interpreter? Find(ExecutableStamp stamp)
    {
        try
        {
            using var document = JsonDocument.Parse(SealedFile.Open(File.ReadAllBytes(PathOf(stamp))).ToArray());
            var root = document.RootElement;
            return root.GetProperty("path").GetString() == stamp.RealPath && root.GetProperty("size").GetInt64() == stamp.Size
                && root.GetProperty("ticks").GetInt64() == stamp.Ticks && root.GetProperty("system").GetString() == System
                ? Read(root.GetProperty("answer"))
                : null;
        }
        catch (Exception e) when (StorageFault.IsStorage(e) || IsUnreadable(e))
        {
            return null;
        }
    }

    public void Add(ExecutableStamp stamp, string answer)
    {
        var path = PathOf(stamp);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(_folder);
            var text = new ArrayBufferWriter<byte>(2 << 10);
            using (var json = new Utf8JsonWriter(text))
            {
                json.WriteStartObject();
                json.WriteString("path", stamp.RealPath);
                json.WriteNumber("size", stamp.Size);
                json.WriteNumber("ticks", stamp.Ticks);
                json.WriteString("system", System);
                json.WritePropertyName("answer");
                json.WriteRawValue(answer);
                json.WriteEndObject();
            }

            SealedFile.Write(temporary, text.WrittenSpan);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // A cache that cannot be written costs time at the next run, nothing else.
            TryDelete(temporary);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // Pruning takes it.
        }
    }

    /// <summary>Whether a file of this part is as it was written; those of former versions are read no more.</summary>
    public static bool IsWhole(string path) => Path.GetFileName(Path.GetDirectoryName(path)) != Version || !SealedFile.Open(File.ReadAllBytes(path)).IsEmpty;

    /// <summary>Reads an answer; null when it is not one.</summary>
    public static Interpreter? Parse(string answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return Read(document.RootElement);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private static bool IsUnreadable(Exception e) => e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException;

    private static Interpreter Read(JsonElement answer)
    {
        var (major, minor) = (answer.GetProperty("version")[0].GetInt32(), answer.GetProperty("version")[1].GetInt32());
        var markers = new MarkerEnvironment
        {
            ImplementationName = Text("implementation_name"),
            ImplementationVersion = Text("implementation_version"),
            OsName = Text("os_name"),
            PlatformMachine = Text("platform_machine"),
            PlatformRelease = Text("platform_release"),
            PlatformSystem = Text("platform_system"),
            PlatformVersion = Text("platform_version"),
            PythonFullVersion = Text("python_full_version"),
            PlatformPythonImplementation = Text("platform_python_implementation"),
            PythonVersion = FormattableString.Invariant($"{major}.{minor}"),
            SysPlatform = Text("sys_platform"),
        };
        var executable = Steady(Text("executable"), major, minor);
        return new Interpreter
        {
            Executable = executable,
            Version = PackageVersion.Parse(markers.PythonFullVersion),
            Major = major,
            Minor = minor,
            Markers = markers,
            IsFreeThreaded = answer.GetProperty("free_threaded").GetBoolean(),
            SoAbi = Text("soabi"),
            Platform = Text("platform"),
            Glibc = answer.GetProperty("glibc").GetString(),
            Musl = answer.GetProperty("musl").GetString(),
            MacOs = answer.GetProperty("macos").GetString(),
            BasePrefix = Text("base_prefix"),
            StandardLibrary = Text("stdlib"),
            Headers = Text("headers"),
            CacheTag = Text("cache_tag"),
            BytecodeMagic = Text("magic"),
            PointerBits = answer.GetProperty("bits").GetInt32(),
            Stamp = ExecutableStamp.Of(executable),
        };

        string Text(string key) => answer.GetProperty(key).GetString() ?? throw new FormatException(key);
    }

    /// <summary>The name with the minor version, where it is the same file: "python3" is another Python after the system's next upgrade.</summary>
    private static string Steady(string executable, int major, int minor)
    {
        var versioned = Path.Combine(Path.GetDirectoryName(executable) ?? "", FormattableString.Invariant($"python{major}.{minor}"));
        return versioned != executable && ExecutableStamp.Of(versioned) is { } steady && ExecutableStamp.Of(executable) == steady ? versioned : executable;
    }

    private string PathOf(ExecutableStamp stamp) =>
        Path.Combine(_folder, Sha256Digest.Of(global::System.Text.Encoding.UTF8.GetBytes(stamp.RealPath)) + ".json");
}
