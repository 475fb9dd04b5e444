using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>A release of python-build-standalone as far as tests need one: this machine's CPython in that layout.</summary>
internal sealed record StandInMirror(string Version, string Name, byte[] Archive)
{
    public const string Release = "20260101";

    private static readonly string[] Left = ["test", "idlelib", "tkinter", "turtledemo", "site-packages", "__pycache__", "ensurepip", "lib2to3"];
    private static readonly SemaphoreSlim Once = new(1);
    private static StandInMirror? _made;

    public string Minor => Version[..Version.LastIndexOf('.')];

    private string Sums => $"{Convert.ToHexStringLower(SHA256.HashData(Archive))}  {Name}\n";

    /// <summary>What a pin names.</summary>
    public string SumsDigest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sums)));

    /// <summary>Packs the first Python that the tool lists and that works where it is moved to; the same for all tests.</summary>
    public static async Task<StandInMirror> MakeAsync(ToolProject project)
    {
        Require.That(OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "Linux x86-64, whose Python can be moved");
        await Once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _made ??= await PackAsync(project);
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>Serves it from the project's loopback server.</summary>
    public void Serve(ToolProject project, byte[]? instead = null)
    {
        void Put(string path, byte[] body) => project.Index.Always(path, new(200, "application/octet-stream", body));
        Put("/pythons/latest-release.json", Encoding.UTF8.GetBytes($$"""{"version": 1, "tag": "{{Release}}"}"""));
        Put($"/pythons/{Release}/SHA256SUMS", Encoding.UTF8.GetBytes(Sums));
        Put($"/pythons/{Release}/{Name}", instead ?? Archive);
        Put($"/pythons/{Release}/{Uri.EscapeDataString(Name)}", instead ?? Archive);
    }

    private static async Task<StandInMirror> PackAsync(ToolProject project)
    {
        using var list = JsonDocument.Parse((await project.RunAsync("python", "list", "--json")).Output);
        foreach (var python in list.RootElement.GetProperty("result").EnumerateArray().Where(python => !python.GetProperty("isFreeThreaded").GetBoolean()))
        {
            var executable = python.GetProperty("executable").GetString()!;
            var version = python.GetProperty("version").GetString()!;
            var prefix = Path.GetDirectoryName(Path.GetDirectoryName(executable))!;
            var minor = version[..version.LastIndexOf('.')];
            if (!File.Exists(Path.Combine(prefix, "lib", $"python{minor}", "os.py")) || version.Any(c => c != '.' && !char.IsAsciiDigit(c)))
                continue;
            var packed = Pack(prefix, new FileInfo(executable).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? executable, minor);
            return new(version, $"cpython-{version}+{Release}-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz", packed);
        }

        Require.That(false, "a CPython with its library below its prefix");
        throw new UnreachableException();
    }

    private static byte[] Pack(string prefix, string executable, string minor)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true))
        {
            tar.WriteEntry(executable, $"python/bin/python{minor}");
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "python/bin/python3") { LinkName = $"python{minor}" });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "python/bin/python") { LinkName = $"python{minor}" });
            foreach (var library in Directory.GetFiles(Path.Combine(prefix, "lib"), "libpython*.so*"))
                tar.WriteEntry(library, "python/lib/" + Path.GetFileName(library));
            Add(tar, Path.Combine(prefix, "lib", $"python{minor}"), $"python/lib/python{minor}");
        }

        return packed.ToArray();
    }

    private static void Add(TarWriter tar, string folder, string name)
    {
        foreach (var file in Directory.GetFiles(folder).Where(file => !file.EndsWith(".a", StringComparison.Ordinal)))
            tar.WriteEntry(file, $"{name}/{Path.GetFileName(file)}");
        foreach (var inside in Directory.GetDirectories(folder).Where(inside => !Left.Contains(Path.GetFileName(inside))))
            Add(tar, inside, $"{name}/{Path.GetFileName(inside)}");
    }
}
