using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace VenvBuild.Testing;

/// <summary>
/// Interpreters for other machines as they are published, as far as tests need one: the folders and the files that something is taken from, and programs that
/// are programs of their systems and do nothing.
/// </summary>
public static class PythonPackageMaker
{
    /// <summary>A NuGet package of CPython for Windows.</summary>
    /// <param name="minor">Such as <c>3.12</c>; since 3.13 its launchers have names of their own.</param>
    /// <param name="machine">0x8664 is x64, 0xAA64 ARM64.</param>
    /// <param name="more">Further entries.</param>
    public static byte[] NuGet(string minor, ushort machine = 0x8664, params (string Name, byte[] Content)[] more)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("[Content_Types].xml", "<Types/>"u8);
            Add("python.nuspec", "<package/>"u8);
            foreach (var (name, content) in Windows(minor, machine))
                Add("tools/" + name.Replace(" ", "%20", StringComparison.Ordinal), content);
            foreach (var (name, content) in more)
                Add(name, content);

            void Add(string name, ReadOnlySpan<byte> content)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        return packed.ToArray();
    }

    /// <summary>An archive of python-build-standalone for Windows.</summary>
    public static byte[] StandaloneWindows(string minor) => Tar(Windows(minor, 0x8664));

    /// <summary>An archive of python-build-standalone for another system than Windows.</summary>
    /// <param name="minor">Such as <c>3.12</c>.</param>
    /// <param name="program">The interpreter.</param>
    public static byte[] Standalone(string minor, byte[] program) => Tar(
    [
        ($"bin/python{minor}", program),
        ($"lib/python{minor}/os.py", "# the standard library\n"u8.ToArray()),
        ($"lib/python{minor}/site-packages/left/out.py", "left = True\n"u8.ToArray()),
        ("share/man/python.1", "left out"u8.ToArray()),
    ]);

    /// <summary>Serves a feed of version 3 that has one version of a package; the hash is that of the right bytes unless a test lies.</summary>
    /// <returns>The feed's service index.</returns>
    public static Uri ServeFeed(LoopbackIndex index, string id, string version, byte[] package, byte[]? hash = null, bool hasCatalog = true)
    {
        void Put(string path, string body) => index.Always(path, new(200, "application/json", Encoding.UTF8.GetBytes(body)));
        var root = index.Root.AbsoluteUri;
        var sha512 = Convert.ToBase64String(hash ?? SHA512.HashData(package));
        var registrations = hasCatalog ? $$""", {"@id": "{{root}}nuget/registration/", "@type": "RegistrationsBaseUrl"}""" : "";
        Put("/nuget/index.json", $$"""{"version": "3.0.0", "resources": [{"@id": "{{root}}nuget/flat/", "@type": "PackageBaseAddress/3.0.0"}{{registrations}}]}""");
        Put($"/nuget/flat/{id}/index.json", $$"""{"versions": ["3.4.0-beta", "{{version}}"]}""");
        Put($"/nuget/registration/{id}/{version}.json", $$"""{"catalogEntry": "{{root}}nuget/catalog/{{id}}.json"}""");
        Put($"/nuget/catalog/{id}.json", $$"""{"packageHash": "{{sha512}}", "packageHashAlgorithm": "SHA512"}""");
        Put($"/nuget/flat/{id}/{version}/{id}.{version}.nupkg.sha512", sha512);
        index.Always($"/nuget/flat/{id}/{version}/{id}.{version}.nupkg", new(200, "application/octet-stream", package));
        return new Uri(index.Root, "nuget/index.json");
    }

    private static (string Name, byte[] Content)[] Windows(string minor, ushort machine)
    {
        var program = NativeMaker.Pe(["python3.dll"], machine: machine);
        var isNew = int.Parse(minor[2..], System.Globalization.CultureInfo.InvariantCulture) >= 13;
        return
        [
            ("python.exe", program),
            ("pythonw.exe", program),
            ("DLLs/_socket.pyd", NativeMaker.Pe(["WS2_32.dll"], machine: machine)),
            ("Lib/os.py", "# the standard library\n"u8.ToArray()),
            ("Lib/a name with spaces.txt", "text"u8.ToArray()),
            ($"Lib/venv/scripts/nt/{(isNew ? "venvlauncher" : "python")}.exe", [.. program, .. "launcher"u8]),
            ($"Lib/venv/scripts/nt/{(isNew ? "venvwlauncher" : "pythonw")}.exe", [.. program, .. "window launcher"u8]),
            ("Lib/ensurepip/_bundled/pip-99.0-py3-none-any.whl", new WheelMaker("pip", "99.0")
                .File("pip/_vendor/distlib/t64.exe", "MZ-console").File("pip/_vendor/distlib/w64.exe", "MZ-window").File("pip/_vendor/distlib/t64-arm.exe", "MZ-arm").ToArray()),
            ("Lib/site-packages/left/out.py", "left = True\n"u8.ToArray()),
            ("include/Python.h", "left out"u8.ToArray()),
        ];
    }

    private static byte[] Tar((string Name, byte[] Content)[] files)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, content) in files)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "python/" + name) { Mode = (UnixFileMode)0b111_101_101, DataStream = new MemoryStream(content) });
        }

        return packed.ToArray();
    }
}
