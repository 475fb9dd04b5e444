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
                var bytes = ChanceArchives.Wheel(random);
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
                var packed = ChanceArchives.Gzip(ChanceArchives.Tar(random), random);
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
                var tar = random.Next(3) == 0 ? Chance.Damage(whole.ToArray(), random) : ChanceLayers.Archive(layer, random);
                var reference = new LayerReference
                {
                    Digest = Sha256Digest.Of(tar),
                    Size = random.Next(20) == 0 ? random.NextInt64() : tar.Length,
                    Kind = LayerKind.Wheel,
                    Wheel = WheelFileName.Parse(layer.FileName),
                    WheelSha256 = layer.Digest,
                };
                var sent = random.Next(2) == 0 ? tar : random.Next(4) > 0 ? ChanceLayers.Zstd(tar) : Chance.Damage(ChanceLayers.Zstd(tar), random);
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
                await File.WriteAllBytesAsync(damaged, random.Next(3) == 0 ? ChanceLayers.Bundle(whole, random) : Chance.Damage(whole, random), Token);
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
}
