using System.Globalization;
using System.Text;

namespace VenvBuild.Environments;

/// <summary>
/// A bundle's shape: one tar that begins with <c>environment.json</c> and <c>index</c>, after which come the parts that the index names,
/// in its order. A line of the index is a part's size in bytes and its name, so that whoever read the head knows where each part is and
/// can fetch one alone, from a file or by an HTTP range. The parts are the archives of the layers, in the description's order.
/// </summary>
internal static class Bundle
{
    public const string ManifestName = "environment.json";
    public const string IndexName = "index";

    private const int MaxLineBytes = 120;

    /// <summary>The size that an index may have.</summary>
    public const int MaxIndexBytes = MaxLineBytes * (EnvironmentManifest.MaxLayers + 1);

    public static string NameOf(LayerReference layer) => $"layers/{layer.Digest}{LayerArchive.FileSuffix}";

    public static byte[] WriteIndex(IEnumerable<(string Name, long Size)> parts)
    {
        var text = new StringBuilder();
        foreach (var (name, size) in parts)
            text.Append(CultureInfo.InvariantCulture, $"{size} {name}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>The parts that an index names, or null when it is not written as one.</summary>
    public static List<(string Name, long Size)>? ReadIndex(ReadOnlySpan<byte> bytes)
    {
        var parts = new List<(string, long)>();
        foreach (var line in Encoding.ASCII.GetString(bytes).AsSpan().EnumerateLines())
        {
            if (line.IsEmpty)
                continue;
            var space = line.IndexOf(' ');
            if (space < 0 || !long.TryParse(line[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > 1L << 40)
                return null;
            parts.Add((line[(space + 1)..].ToString(), size));
        }

        return WriteIndex(parts).AsSpan().SequenceEqual(bytes) ? parts : null;
    }

    /// <summary>The bytes that a file takes in a tar, with header and padding.</summary>
    public static long ExtentOf(string name, long size) => TarHeader.Of(name, size, isExecutable: false).Length + size + TarHeader.Padding(size);
}
