using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace VenvBuild.Index.Tests;

/// <summary>Makes small wheels and sdists.</summary>
internal static class Wheels
{
    public static byte[] Metadata(string name, string version, params string[] lines) => Encoding.UTF8.GetBytes(
        $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: made for a test\n{string.Concat(lines.Select(line => line + "\n"))}\nA description.\nRequires-Dist: not-a-header\n");

    /// <summary>A wheel whose METADATA is packed last, behind <paramref name="padding"/> bytes that do not compress.</summary>
    public static byte[] Wheel(string name, string version, byte[] metadata, int padding = 0)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            var noise = new byte[padding];
            new Random(1).NextBytes(noise);
            Write(zip, $"{name}/__init__.py", noise, CompressionLevel.NoCompression);
            Write(zip, $"{name}-{version}.dist-info/METADATA", metadata, CompressionLevel.Optimal);
            Write(zip, $"{name}-{version}.dist-info/RECORD", [], CompressionLevel.Optimal);
        }

        return buffer.ToArray();
    }

    public static byte[] Sdist(string name, string version, byte[] pkgInfo)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{name}-{version}/src/{name}.egg-info/PKG-INFO") { DataStream = new MemoryStream([1, 2, 3]) });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{name}-{version}/PKG-INFO") { DataStream = new MemoryStream(pkgInfo) });
        }

        return buffer.ToArray();
    }

    private static void Write(ZipArchive zip, string name, byte[] content, CompressionLevel level)
    {
        using var entry = zip.CreateEntry(name, level).Open();
        entry.Write(content);
    }
}
