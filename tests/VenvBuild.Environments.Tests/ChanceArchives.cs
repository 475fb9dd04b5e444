using System.IO.Compression;
using System.Text;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Wheels and source archives that chance makes, most of them hostile.</summary>
internal static class ChanceArchives
{
    private static readonly string[] Targets = ["a", "b", "a/b", "..", "../..", "../../x", "/etc/passwd", "/", ".", "a/../..", "../a", "c:/x", "", "root/a", "root/../x"];

    public static byte[] Wheel(Random random)
    {
        var maker = new WheelMaker("demo") { Method = (ushort)(random.Next(3) switch { 0 => 0, 1 => 8, _ => 93 }) };
        maker.Module("demo").Script("tool", "demo:main").File("demo/data.bin", [.. Enumerable.Range(0, random.Next(300)).Select(i => (byte)i)]);
        if (random.Next(3) == 0)
            maker.File(Chance.Pick(random, Chance.Names), "x");
        if (random.Next(8) == 0)
            maker.EntryPoint("console_scripts", Chance.Pick(random, Chance.Names).Replace('\n', ' '), "demo:main");
        if (random.Next(2) == 0)
        {
            maker.ChangeArchive = zip =>
            {
                zip.IsZip64 = random.Next(6) == 0;
                for (var lies = random.Next(3); lies > 0; lies--)
                    Lie(zip, zip.Entries[random.Next(zip.Entries.Count)], random);
            };
        }

        var bytes = maker.ToArray();
        return random.Next(3) == 0 ? Chance.Damage(bytes, random) : bytes;
    }

    private static void Lie(HostileZip zip, HostileZip.Entry entry, Random random)
    {
        switch (random.Next(16))
        {
            case 0:
                entry.LocalName = Encoding.UTF8.GetBytes(Chance.Pick(random, Chance.Names));
                break;
            case 1:
                entry.Name = Encoding.UTF8.GetBytes(Chance.Pick(random, Chance.Names));
                break;
            case 2:
                entry.LocalMethod = (ushort)random.Next(100);
                break;
            case 3:
                entry.Method = (ushort)random.Next(100);
                break;
            case 4:
                entry.LocalSize = (uint)random.Next();
                break;
            case 5:
                entry.StatedSize = (uint)random.NextInt64(uint.MaxValue);
                break;
            case 6:
                entry.LocalCrc = (uint)random.Next();
                break;
            case 7:
                entry.StatedCrc = (uint)random.Next();
                break;
            case 8:
                entry.StatedOffset = random.Next(2000);
                break;
            case 9:
                entry.Mode = (uint)random.Next(ushort.MaxValue);
                break;
            case 10:
                entry.Flags = (ushort)random.Next(ushort.MaxValue);
                break;
            case 11:
                entry.Extra = Chance.Bytes(random, 40);
                break;
            case 12:
                entry.HasDescriptor = true;
                break;
            case 13:
                zip.Gap = Chance.Bytes(random, 20);
                break;
            case 14:
                zip.StatedCount = zip.Entries.Count + random.Next(-1, 2);
                break;
            default:
                zip.Add(Chance.Pick(random, Chance.Names), Chance.Bytes(random, 50));
                break;
        }
    }

    /// <summary>A tar of entries of every kind, with names and targets that seek a way out.</summary>
    public static byte[] Tar(Random random)
    {
        using var tar = new MemoryStream();
        Put(tar, random, "root/PKG-INFO", '0', "", Chance.Bytes(random, 30));
        for (var left = random.Next(8); left > 0; left--)
        {
            var name = (random.Next(5) > 0 ? "root/" : "") + (random.Next(3) > 0 ? Chance.Pick(random, Chance.Names[..5]) : Chance.Pick(random, Chance.Names));
            // Files, links of both kinds, devices, folders, pipes, what GNU and pax say of the next entry, sparse files, and nonsense.
            var type = random.Next(3) > 0 ? Chance.Pick(random, "0", "0", "5", "2", "1") : Chance.Pick(random, "\0", "3", "4", "6", "7", "L", "K", "x", "g", "S", "M", "V", "Z", "X");
            var content = type[0] switch
            {
                'x' or 'g' => Encoding.UTF8.GetBytes(Pax(Chance.Pick(random, "path", "linkpath", "size", "GNU.sparse.name", "GNU.sparse.major", "hdrcharset", "mtime"), Chance.Pick(random, random.Next(2) == 0 ? Chance.Names : ["1", "-1", "99999999999999999999"]))),
                'L' or 'K' => Encoding.UTF8.GetBytes(Chance.Pick(random, Chance.Names) + "\0"),
                '0' or '\0' or '7' or 'S' => Chance.Bytes(random, 700),
                _ => [],
            };
            Put(tar, random, name, type[0], Chance.Pick(random, Targets), content);
        }

        if (random.Next(4) > 0)
            tar.Write(new byte[1024]);
        var bytes = tar.ToArray();
        return random.Next(4) == 0 ? Chance.Damage(bytes, random) : bytes;
    }

    public static byte[] Gzip(byte[] bytes, Random random)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return random.Next(10) == 0 ? Chance.Damage(packed.ToArray(), random) : packed.ToArray();
    }

    private static string Pax(string key, string value)
    {
        var length = Encoding.UTF8.GetByteCount($" {key}={value}\n");
        var total = length + length.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
        if (total.ToString(System.Globalization.CultureInfo.InvariantCulture).Length + length != total)
            total++;
        return FormattableString.Invariant($"{total} {key}={value}\n");
    }

    private static void Put(MemoryStream tar, Random random, string name, char type, string target, byte[] content)
    {
        tar.Write(HostileTar.Header(
            name, type, target, Convert.ToString(random.Next(40) == 0 ? random.Next() : content.Length, 8).PadLeft(11, '0'), checksumLie: random.Next(60) == 0 ? 1 : 0));
        tar.Write(content);
        tar.Write(new byte[(512 - (content.Length % 512)) % 512]);
    }
}
