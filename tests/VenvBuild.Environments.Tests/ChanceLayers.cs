using System.Text;

namespace VenvBuild.Environments.Tests;

/// <summary>Archives of layers and bundles whose lists lie.</summary>
internal static class ChanceLayers
{
    /// <summary>The archive of a layer whose list lies, and whose files are as the list says.</summary>
    public static byte[] Archive(Layer layer, Random random)
    {
        var files = layer.Files.Select(file => (File: file, Content: File.ReadAllBytes(layer.PathOf(file)))).ToList();
        for (var lies = random.Next(3); lies > 0; lies--)
        {
            var at = random.Next(files.Count);
            var (file, content) = files[at];
            switch (random.Next(7))
            {
                case 0:
                    files.Insert(at, (file with { Path = Chance.Pick(random, Chance.Names), Scheme = (InstallScheme)random.Next(5) }, content));
                    break;
                case 1:
                    files[at] = (file with { Path = Chance.Pick(random, Chance.Names) }, content);
                    break;
                case 2:
                    files[at] = (file with { Scheme = (InstallScheme)random.Next(5) }, content);
                    break;
                case 3:
                    files[at] = (file with { Size = random.NextInt64(-10, long.MaxValue) }, content);
                    break;
                case 4:
                    files[at] = (file with { IsExecutable = !file.IsExecutable, IsPythonScript = random.Next(2) == 0 }, content);
                    break;
                case 5:
                    files.RemoveAt(at);
                    if (files.Count == 0)
                        return [];
                    break;
                default:
                    files.Reverse();
                    break;
            }
        }

        if (random.Next(3) > 0)
            files.Sort((a, b) => a.File.Scheme != b.File.Scheme ? a.File.Scheme.CompareTo(b.File.Scheme) : string.CompareOrdinal(a.File.Path, b.File.Path));
        var liar = new Layer
        {
            Digest = layer.Digest,
            FileName = layer.FileName,
            Name = layer.Name,
            Version = layer.Version,
            Root = layer.Root,
            DistInfo = layer.DistInfo,
            EntryPoints = random.Next(6) == 0 ? [new(Chance.Pick(random, Chance.Names), Chance.Pick(random, "demo", "demo;evil", ""), "main", false)] : layer.EntryPoints,
            Files = [.. files.Select(file => file.File)],
            Folder = layer.Folder,
        };
        using var tar = new MemoryStream();
        Part(LayerManifest.FileName, LayerManifest.ToBytes(liar), false);
        foreach (var (file, content) in files)
            Part(LayerArchive.NameOf(file), content, file.IsExecutable);
        tar.Write(new byte[TarHeader.EndSize]);
        return tar.ToArray();

        void Part(string name, byte[] content, bool isExecutable)
        {
            tar.Write(TarHeader.Of(name, content.Length, isExecutable));
            tar.Write(content);
            tar.Write(new byte[TarHeader.Padding(content.Length)]);
        }
    }

    /// <summary>A bundle whose description says something else, and whose index knows.</summary>
    public static byte[] Bundle(byte[] whole, Random random)
    {
        var text = Encoding.Latin1.GetString(whole);
        var (from, to) = random.Next(6) switch
        {
            0 => ("linux-x64", "linux-x6\u0034"),
            1 => ("demo", Chance.Pick(random, "evil", "../x", "othr")),
            2 => ("layers/", Chance.Pick(random, "layers\\", "../../", "/etc/x/")),
            3 => ("\"size\":", "\"size\":1"),
            4 => ("sha256", "sha512"),
            _ => ("1.0", Chance.Pick(random, "2.0", "1.1", "x.y")),
        };
        return Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    }

    public static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor(1);
        return compressor.Wrap(bytes).ToArray();
    }
}
