using System.IO.Compression;
using System.Text;

namespace VenvBuild.Environments;

/// <summary>
/// The executables that start a wheel's commands on Windows: a launcher, the line that names the interpreter, and an archive with
/// the program. Every CPython carries the launchers in the wheel of pip that ensurepip installs.
/// </summary>
internal static class WindowsLauncher
{
    private const string Folder = "pip/_vendor/distlib/";

    // The launcher puts its own folder in this place, so the executable holds no path.
    private const string Line = "#!\"<launcher_dir>\\{0}{1}\"\n";

    /// <summary>The launcher for a kind of command and machine, or null when there is none.</summary>
    /// <param name="standardLibraries">Folders of standard libraries: each may hold the wheel that ensurepip installs.</param>
    /// <param name="layers">The environment's layers: pip may be one.</param>
    /// <param name="machine">The marker value platform_machine: AMD64, ARM64 or x86.</param>
    /// <param name="isGui">Whether the command opens a window.</param>
    public static byte[]? Find(IReadOnlyList<string> standardLibraries, IReadOnlyList<Layer> layers, string machine, bool isGui)
    {
        var size = machine switch
        {
            "ARM64" => "64-arm",
            "x86" => "32",
            _ => "64",
        };
        var name = $"{Folder}{(isGui ? 'w' : 't')}{size}.exe";
        foreach (var library in standardLibraries)
        {
            if (FindInWheels(Path.Combine(library, "ensurepip", "_bundled"), name) is { } launcher)
                return launcher;
        }

        foreach (var layer in layers)
        {
            if (layer.Files.FirstOrDefault(file => file.Path == name) is { } file)
                return File.ReadAllBytes(layer.PathOf(file));
        }

        return null;
    }

    private static byte[]? FindInWheels(string bundled, string name)
    {
        if (!Directory.Exists(bundled))
            return null;
        var wheels = Directory.GetFiles(bundled, "pip-*.whl");
        Array.Sort(wheels, StringComparer.Ordinal);
        foreach (var wheel in wheels)
        {
            using var archive = ZipFile.OpenRead(wheel);
            if (archive.GetEntry(name) is not { } entry)
                continue;
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return bytes.ToArray();
        }

        return null;
    }

    /// <summary>The executable of an entry point.</summary>
    /// <param name="point">The entry point.</param>
    /// <param name="launcher">The launcher.</param>
    /// <param name="way">The way from the commands' folder to the interpreter's, with <c>\</c> at its end; empty where they are one.</param>
    public static byte[] Of(EntryPoint point, byte[] launcher, string way = "")
    {
        using var executable = new MemoryStream();
        executable.Write(launcher);
        executable.Write(Encoding.UTF8.GetBytes(Line.Replace("{0}", way, StringComparison.Ordinal).Replace("{1}", point.IsGui ? "pythonw.exe" : "python.exe", StringComparison.Ordinal)));
        using (var zip = new ZipArchive(executable, ZipArchiveMode.Create, leaveOpen: true))
        {
            var main = zip.CreateEntry("__main__.py", CompressionLevel.NoCompression);
            main.LastWriteTime = new DateTimeOffset(LayerUnpacker.Timestamp);
            using var writer = main.Open();
            writer.Write(Encoding.UTF8.GetBytes(
                $"import sys\nfrom {point.Module} import {point.Attribute.Split('.')[0]}\nif __name__ == \"__main__\":\n"
                + $"    sys.argv[0] = sys.argv[0].removesuffix(\".exe\")\n    sys.exit({point.Attribute}())\n"));
        }

        return executable.ToArray();
    }
}
