using System.IO.Compression;
using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>
/// Archives that chance makes hostile, of every kind that is unpacked. Each is refused as a whole, with nothing of it left, or is one that nobody could
/// read differently; nothing is ever written outside the folder that it is unpacked into. <c>VENVBUILD_FUZZ</c> says how many of each kind.
/// </summary>
public sealed class FuzzedArchives
{
    private static readonly string[] Names =
    [
        "a", "b", "A", "a/b", "a/b/c", "b/a", "..", "../x", "a/../../x", ".", "./a", "", "/", "/x", "a//b", "a/", "C:/x", "c:x", "\\x", "a\\..\\x", "nul", "a/CON.txt", "a.", "a ", "a/\0b", "a\nb", "e\u0301", "\u00e9",
        "\u202Ex", "a:b", new string('n', 300), string.Concat(Enumerable.Repeat("d/", 40)) + "x", "demo-1.0.dist-info/RECORD", "demo-1.0.data/scripts/python", "demo-1.0.data/data/pyvenv.cfg", "demo-1.0.data/purelib/demo/__init__.py",
    ];

    private static readonly string[] Targets = ["a", "b", "a/b", "..", "../..", "../../x", "/etc/passwd", "/", ".", "a/../..", "../a", "c:/x", "", "root/a", "root/../x"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wheels()
    {
        using var folder = new TestFolder();
        var store = new LayerStore(folder.File("area", "cache"));
        var accepted = 0;
        await Gen.Int.SampleAsync(
            async seed =>
            {
                var random = new Random(seed);
                var bytes = Wheel(random);
                var source = new MemorySource(bytes);
                var plan = source.Plan("demo-1.0-py3-none-any.whl");
                try
                {
                    var layer = await store.GetOrAddAsync(plan, source, Token);
                    Interlocked.Increment(ref accepted);
                    CheckAsOthersRead(layer, bytes);
                    await store.RemoveAsync(layer.Digest, Token);
                }
                catch (DiagnosticException refused)
                {
                    Assert.Equal(ExitCode.Integrity, refused.ExitCode);
                    Assert.Null(store.Find(plan.Sha256));
                    Assert.False(Directory.Exists(folder.File("area", "cache", "layers", "v1", ".staging", plan.Sha256.ToString())));
                }
            },
            iter: Fuzz.Iterations(1500), threads: 1);

        CheckOutside(folder);
        Assert.Empty(await new Store(folder.File("area", "cache")).VerifyAsync(removes: false, Token));
        Assert.True(accepted > 0);
    }

    [Fact]
    public void Sdists()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.File("area"));
        var accepted = 0;
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var packed = Gzip(Tar(random), random);
                var target = Directory.CreateDirectory(folder.File("area", Guid.NewGuid().ToString("N"), "in")).FullName;
                var path = target + ".tar.gz";
                File.WriteAllBytes(path, packed);
                try
                {
                    using var archive = File.OpenRead(path);
                    SdistArchive.Unpack(archive, "demo-1.0.tar.gz", target, Token);
                    Interlocked.Increment(ref accepted);
                }
                catch (DiagnosticException refused)
                {
                    Assert.Equal((ExitCode.Integrity, BuildCodes.SdistRefused), (refused.ExitCode, refused.Diagnostics[0].Code));
                }

                CheckTree(target);
                var parent = Path.GetDirectoryName(target)!;
                Assert.Equal(["in", "in.tar.gz"], Directory.GetFileSystemEntries(parent).Select(Path.GetFileName).Order(StringComparer.Ordinal));
                Directory.Delete(parent, recursive: true);
            },
            iter: Fuzz.Iterations(2500), threads: 2);

        CheckOutside(folder);
        Assert.True(accepted > 0);
    }

    [Fact]
    public async Task Layers()
    {
        using var folder = new TestFolder();
        var source = new MemorySource();
        var maker = new WheelMaker("demo").Module("demo").Script("tool", "demo:main").File("demo/data.txt", new string('x', 700)).File("demo-1.0.data/data/share/a.txt", "a");
        var layer = await new LayerStore(folder.File("made")).GetOrAddAsync(source.Plan(maker), source, Token);
        using var whole = new MemoryStream();
        await LayerArchive.WriteTarAsync(layer, whole, Token);
        var store = new ReceivedLayerStore(folder.File("area", "cache"));
        await Gen.Int.SampleAsync(
            async seed =>
            {
                var random = new Random(seed);
                // Whoever sends a layer chooses its digest, too: it is right for whatever comes.
                var tar = random.Next(3) == 0 ? Damage(whole.ToArray(), random) : Lie(layer, random);
                var reference = new LayerReference
                {
                    Digest = Sha256Digest.Of(tar),
                    Size = random.Next(20) == 0 ? random.NextInt64() : tar.Length,
                    Kind = LayerKind.Wheel,
                    Wheel = WheelFileName.Parse(layer.FileName),
                    WheelSha256 = layer.Digest,
                };
                var sent = random.Next(2) == 0 ? tar : random.Next(4) > 0 ? Zstd(tar) : Damage(Zstd(tar), random);
                try
                {
                    var received = await store.AddFromArchiveAsync(reference, new MemoryStream(sent), Token);
                    Assert.Equal((reference.Digest, (long)tar.Length), await LayerArchive.WriteTarAsync(received, Stream.Null, Token));
                    CheckPaths(received);
                    await store.RemoveAsync(reference, Token);
                }
                catch (DiagnosticException refused)
                {
                    Assert.Equal((ExitCode.Integrity, EnvironmentCodes.LayerRefused), (refused.ExitCode, refused.Diagnostics[0].Code));
                    Assert.Null(store.Find(reference));
                }
            },
            iter: Fuzz.Iterations(1500), threads: 1);

        CheckOutside(folder, "made");
        Assert.Empty(await new Store(folder.File("area", "cache")).VerifyAsync(removes: false, Token));
    }

    [Fact]
    public async Task Bundles()
    {
        using var folder = new TestFolder();
        var source = new MemorySource();
        var plan = new EnvironmentPlan(new Target(Platform.Parse("linux-x64"), new PythonMinor(3, 12)), [source.Plan(new WheelMaker("demo").Module("demo")), source.Plan(new WheelMaker("other").Module("other"))]);
        var path = folder.File("made", "whole.bundle");
        Directory.CreateDirectory(folder.File("made"));
        using (var build = await new EnvironmentBuilder(folder.File("made")).BuildAsync(plan, null, source, cancellationToken: Token))
            await BundleWriter.WriteFileAsync(build, path, Token);
        var whole = await File.ReadAllBytesAsync(path, Token);
        var store = new ReceivedLayerStore(folder.File("area", "cache"));
        await Gen.Int.SampleAsync(
            async seed =>
            {
                var random = new Random(seed);
                var damaged = $"{path}.{seed}.{Environment.CurrentManagedThreadId}";
                await File.WriteAllBytesAsync(damaged, random.Next(3) == 0 ? Rewrite(whole, random) : Damage(whole, random), Token);
                try
                {
                    using var bundle = BundleReader.Open(damaged);
                    Assert.Equal(bundle.Manifest.ToPlan().Key, bundle.Manifest.Key);
                    foreach (var layer in bundle.Manifest.Layers)
                    {
                        await using var content = (await bundle.OpenAsync(layer, Token))!;
                        var received = await store.AddFromArchiveAsync(layer, content.Archive, Token);
                        Assert.Equal(layer.Digest, (await LayerArchive.WriteTarAsync(received, Stream.Null, Token)).Digest);
                        if (random.Next(2) == 0)
                            await store.RemoveAsync(layer, Token);
                    }
                }
                catch (DiagnosticException refused)
                {
                    Assert.Contains(refused.Diagnostics[0].Code, new[] { EnvironmentCodes.BundleRefused, EnvironmentCodes.ManifestRefused, EnvironmentCodes.LayerRefused });
                }
                finally
                {
                    File.Delete(damaged);
                }
            },
            iter: Fuzz.Iterations(1500), threads: 1);

        CheckOutside(folder, "made");
        Assert.Empty(await new Store(folder.File("area", "cache")).VerifyAsync(removes: false, Token));
    }

    private static byte[] Wheel(Random random)
    {
        var maker = new WheelMaker("demo") { Method = (ushort)(random.Next(3) switch { 0 => 0, 1 => 8, _ => 93 }) };
        maker.Module("demo").Script("tool", "demo:main").File("demo/data.bin", [.. Enumerable.Range(0, random.Next(300)).Select(i => (byte)i)]);
        if (random.Next(3) == 0)
            maker.File(Pick(random, Names), "x");
        if (random.Next(8) == 0)
            maker.EntryPoint("console_scripts", Pick(random, Names).Replace('\n', ' '), "demo:main");
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
        return random.Next(3) == 0 ? Damage(bytes, random) : bytes;
    }

    private static void Lie(HostileZip zip, HostileZip.Entry entry, Random random)
    {
        switch (random.Next(16))
        {
            case 0:
                entry.LocalName = Encoding.UTF8.GetBytes(Pick(random, Names));
                break;
            case 1:
                entry.Name = Encoding.UTF8.GetBytes(Pick(random, Names));
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
                entry.Extra = Bytes(random, 40);
                break;
            case 12:
                entry.HasDescriptor = true;
                break;
            case 13:
                zip.Gap = Bytes(random, 20);
                break;
            case 14:
                zip.StatedCount = zip.Entries.Count + random.Next(-1, 2);
                break;
            default:
                zip.Add(Pick(random, Names), Bytes(random, 50));
                break;
        }
    }

    /// <summary>A tar of entries of every kind, with names and targets that seek a way out.</summary>
    private static byte[] Tar(Random random)
    {
        using var tar = new MemoryStream();
        Put(tar, random, "root/PKG-INFO", '0', "", Bytes(random, 30));
        for (var left = random.Next(8); left > 0; left--)
        {
            var name = (random.Next(5) > 0 ? "root/" : "") + (random.Next(3) > 0 ? Pick(random, Names[..5]) : Pick(random, Names));
            // Files, links of both kinds, devices, folders, pipes, what GNU and pax say of the next entry, sparse files, and nonsense.
            var type = random.Next(3) > 0 ? Pick(random, "0", "0", "5", "2", "1") : Pick(random, "\0", "3", "4", "6", "7", "L", "K", "x", "g", "S", "M", "V", "Z", "X");
            var content = type[0] switch
            {
                'x' or 'g' => Encoding.UTF8.GetBytes(Pax(Pick(random, "path", "linkpath", "size", "GNU.sparse.name", "GNU.sparse.major", "hdrcharset", "mtime"), Pick(random, random.Next(2) == 0 ? Names : ["1", "-1", "99999999999999999999"]))),
                'L' or 'K' => Encoding.UTF8.GetBytes(Pick(random, Names) + "\0"),
                '0' or '\0' or '7' or 'S' => Bytes(random, 700),
                _ => [],
            };
            Put(tar, random, name, type[0], Pick(random, Targets), content);
        }

        if (random.Next(4) > 0)
            tar.Write(new byte[1024]);
        var bytes = tar.ToArray();
        return random.Next(4) == 0 ? Damage(bytes, random) : bytes;
    }

    private static void Put(MemoryStream tar, Random random, string name, char type, string target, byte[] content)
    {
        var header = new byte[512];
        Text(0, name, 100);
        Text(100, "0000755\0", 8);
        Text(124, Convert.ToString(random.Next(40) == 0 ? random.Next() : content.Length, 8).PadLeft(11, '0'), 12);
        Text(136, "00000000000", 12);
        header[156] = (byte)type;
        Text(157, target, 100);
        Text(257, "ustar\00000", 8);
        Text(148, "        ", 8);
        Text(148, Convert.ToString(header.Sum(b => b) + (random.Next(60) == 0 ? 1 : 0), 8).PadLeft(6, '0') + "\0 ", 8);
        tar.Write(header);
        tar.Write(content);
        tar.Write(new byte[(512 - (content.Length % 512)) % 512]);

        void Text(int at, string text, int length)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(header.AsSpan(at));
        }
    }

    private static string Pax(string key, string value)
    {
        var length = Encoding.UTF8.GetByteCount($" {key}={value}\n");
        var total = length + length.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
        if (total.ToString(System.Globalization.CultureInfo.InvariantCulture).Length + length != total)
            total++;
        return FormattableString.Invariant($"{total} {key}={value}\n");
    }

    /// <summary>The archive of a layer whose list lies, and whose files are as the list says.</summary>
    private static byte[] Lie(Layer layer, Random random)
    {
        var files = layer.Files.Select(file => (File: file, Content: File.ReadAllBytes(layer.PathOf(file)))).ToList();
        for (var lies = random.Next(3); lies > 0; lies--)
        {
            var at = random.Next(files.Count);
            var (file, content) = files[at];
            switch (random.Next(7))
            {
                case 0:
                    files.Insert(at, (file with { Path = Pick(random, Names), Scheme = (InstallScheme)random.Next(5) }, content));
                    break;
                case 1:
                    files[at] = (file with { Path = Pick(random, Names) }, content);
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
            EntryPoints = random.Next(6) == 0 ? [new(Pick(random, Names), Pick(random, "demo", "demo;evil", ""), "main", false)] : layer.EntryPoints,
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
    private static byte[] Rewrite(byte[] whole, Random random)
    {
        var text = Encoding.Latin1.GetString(whole);
        var (from, to) = random.Next(6) switch
        {
            0 => ("linux-x64", "linux-x6\u0034"),
            1 => ("demo", Pick(random, "evil", "../x", "othr")),
            2 => ("layers/", Pick(random, "layers\\", "../../", "/etc/x/")),
            3 => ("\"size\":", "\"size\":1"),
            4 => ("sha256", "sha512"),
            _ => ("1.0", Pick(random, "2.0", "1.1", "x.y")),
        };
        return Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = bytes.ToList();
        for (var times = random.Next(1, 4); times > 0 && damaged.Count > 0; times--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(6))
            {
                case 0:
                    damaged.RemoveRange(at, Math.Min(damaged.Count - at, random.Next(1, 600)));
                    break;
                case 1:
                    damaged.InsertRange(at, Bytes(random, 600));
                    break;
                case 2:
                    damaged.InsertRange(at, damaged.GetRange(at, Math.Min(damaged.Count - at, random.Next(1, 1100))));
                    break;
                case 3:
                    for (var i = at; i < Math.Min(damaged.Count, at + 8); i++)
                        damaged[i] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                    break;
                default:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. damaged];
    }

    /// <summary>Whoever reads the archive with another reader gets the same files with the same bytes.</summary>
    private static void CheckAsOthersRead(Layer layer, byte[] bytes)
    {
        CheckPaths(layer);
        var known = layer.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        using var zip = new ZipArchive(new MemoryStream(bytes));
        foreach (var entry in zip.Entries.Where(entry => entry.Name.Length > 0 && !entry.FullName.StartsWith("demo-1.0.data/", StringComparison.Ordinal) && !LayerUnpacker.IsWrittenAnew(entry.Name)))
        {
            var file = known[entry.FullName];
            Assert.Equal(entry.Length, file.Size);
            try
            {
                using var content = entry.Open();
                Assert.Equal(file.Sha256, Sha256Digest.FromBytes(System.Security.Cryptography.SHA256.HashData(content)));
            }
            catch (InvalidDataException)
            {
                // That reader knows no zstandard.
                Assert.Equal(93, MethodOf(bytes, entry.FullName));
            }
        }
    }

    /// <summary>The method that a local header of that name states.</summary>
    private static int MethodOf(byte[] bytes, string name)
    {
        var wanted = Encoding.UTF8.GetBytes(name);
        for (var at = 0; ; at++)
        {
            at += bytes.AsSpan(at).IndexOf("PK\u0003\u0004"u8);
            if (bytes.AsSpan(at + 30).StartsWith(wanted) && BitConverter.ToUInt16(bytes, at + 26) == wanted.Length)
                return BitConverter.ToUInt16(bytes, at + 8);
        }
    }

    private static void CheckPaths(Layer layer)
    {
        var root = Path.GetFullPath(layer.Folder) + Path.DirectorySeparatorChar;
        foreach (var file in layer.Files)
        {
            Assert.StartsWith(root, Path.GetFullPath(layer.PathOf(file)), StringComparison.Ordinal);
            Assert.Null(EntryName.PartObjection(Path.GetFileName(file.Path)));
            Assert.Null(new FileInfo(layer.PathOf(file)).LinkTarget);
        }
    }

    /// <summary>What came out are files, folders and links that lead nowhere else.</summary>
    private static void CheckTree(string root)
    {
        var folders = new Stack<DirectoryInfo>([new(root)]);
        while (folders.TryPop(out var folder))
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                if (entry.LinkTarget is { } target)
                {
                    Assert.False(Path.IsPathRooted(target));
                    Assert.StartsWith(root + "/", Path.GetFullPath(target, Path.GetDirectoryName(entry.FullName)!) + "/", StringComparison.Ordinal);
                }
                else if (entry is DirectoryInfo inner)
                {
                    folders.Push(inner);
                }
                else
                {
                    Assert.Equal(0, (int)(entry.Attributes & FileAttributes.Device));
                }
            }
        }
    }

    private static void CheckOutside(TestFolder folder, params string[] besides) =>
        Assert.Equal([.. besides.Append("area").Order(StringComparer.Ordinal)], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    private static byte[] Gzip(byte[] bytes, Random random)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return random.Next(10) == 0 ? Damage(packed.ToArray(), random) : packed.ToArray();
    }

    private static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor(1);
        return compressor.Wrap(bytes).ToArray();
    }

    private static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    private static byte[] Bytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }
}
