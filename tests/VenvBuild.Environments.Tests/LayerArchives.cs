using System.Formats.Tar;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>A layer as one stream: the same on every machine, and nothing else is taken for it.</summary>
public sealed class LayerArchives
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_layer_has_one_archive_wherever_it_was_made_and_other_tools_can_read_it()
    {
        using var here = new TestFolder();
        using var there = new TestFolder("an other place");
        var maker = Sample();
        var (layer, again) = (await MadeAsync(here, maker), await MadeAsync(there, maker));

        var (tar, reference) = await TarAsync(here, layer);
        var (other, otherReference) = await TarAsync(there, again);

        Assert.Equal(tar, other);
        Assert.Equal(reference, otherReference);
        Assert.Equal(Sha256Digest.Of(tar), reference.Digest);
        Assert.Equal(tar.Length, reference.Size);
        Assert.Equal(reference, await new LayerDigests(here.File("cache")).GetAsync(layer, Token));
        using var reader = new TarReader(new MemoryStream(tar));
        var names = new List<string>();
        while (await reader.GetNextEntryAsync(cancellationToken: Token) is { } entry)
        {
            names.Add(entry.Name);
            Assert.Equal((0, 0, "", ""), (entry.Uid, entry.Gid, ((PosixTarEntry)entry).UserName, ((PosixTarEntry)entry).GroupName));
            Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), entry.ModificationTime);
        }

        Assert.Equal(["layer.json", .. layer.Files.Select(f => $"{Layer.FolderOf(f.Scheme)}/{f.Path}")], names);
    }

    [Fact]
    public async Task An_archive_is_taken_in_packed_or_plain_and_is_the_same_layer()
    {
        using var folder = new TestFolder();
        var layer = await MadeAsync(folder, Sample());
        var (tar, reference) = await TarAsync(folder, layer);
        using var packed = new MemoryStream();
        Assert.Equal((reference.Digest, reference.Size), await LayerArchive.WriteAsync(layer, packed, Token));

        foreach (var bytes in new[] { packed.ToArray(), tar })
        {
            using var other = new TestFolder();
            var received = await new ReceivedLayerStore(other.File("cache")).AddFromArchiveAsync(reference, new DribblingStream(bytes), Token);

            Assert.Equal(layer.Files, received.Files);
            Assert.Equal(layer.EntryPoints, received.EntryPoints);
            Assert.All(received.Files, file => Assert.True(LayerStore.IsIntact(received, file)));
            Assert.Equal((reference.Digest, reference.Size), await LayerArchive.WriteTarAsync(received, Stream.Null, Token));
            Assert.Null(new LayerStore(other.File("cache")).Find(layer.Digest));
        }
    }

    [Fact]
    public async Task No_changed_cut_or_longer_archive_is_taken_in_and_nothing_of_it_stays()
    {
        using var folder = new TestFolder();
        var (tar, reference) = await TarAsync(folder, await MadeAsync(folder, Sample()));
        var store = new ReceivedLayerStore(folder.File("received"));
        await Gen.Select(Gen.Int[0, tar.Length - 1], Gen.Int[0, 3], Gen.Byte).SampleAsync(
            async (at, how, value) =>
            {
                var bytes = how switch
                {
                    0 => tar[..at],
                    1 => [.. tar, value],
                    2 => [.. tar[..at], value, .. tar[at..]],
                    _ => [.. tar[..at], (byte)(tar[at] ^ (value | 1)), .. tar[(at + 1)..]],
                };
                var refused = await Assert.ThrowsAsync<DiagnosticException>(() => store.AddFromArchiveAsync(reference, new MemoryStream(bytes), Token));
                Assert.Equal(EnvironmentCodes.LayerRefused, refused.Diagnostics[0].Code);
                Assert.Null(store.Find(reference));
                Assert.All(Directory.EnumerateFiles(folder.File("received"), "*", SearchOption.AllDirectories), left => Assert.EndsWith(".lock", left, StringComparison.Ordinal));
            },
            iter: 200, threads: 1);
    }

    [Fact]
    public async Task An_archive_that_unpacks_to_more_than_was_declared_is_stopped_there()
    {
        using var folder = new TestFolder();
        var (tar, reference) = await TarAsync(folder, await MadeAsync(folder, Sample()));
        using var bomb = new MemoryStream();
        using (var compressor = new ZstdSharp.CompressionStream(bomb, leaveOpen: true))
        {
            compressor.Write(tar);
            for (var i = 0; i < 256; i++)
                compressor.Write(new byte[1 << 20]);
        }

        // Frames that unpack to nothing would be read for ever.
        var skipped = Enumerable.Repeat<byte[]>([0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0], 100_000).SelectMany(frame => frame);
        byte[][] hostile = [bomb.ToArray(), [.. ZstdOf([]), .. skipped, .. ZstdOf(tar)], [.. ZstdOf(tar), .. ZstdOf([1])], [.. ZstdOf(tar)[..^5]]];
        foreach (var bytes in hostile)
        {
            var refused = await Assert.ThrowsAsync<DiagnosticException>(() => new ReceivedLayerStore(folder.File("r")).AddFromArchiveAsync(reference, new MemoryStream(bytes), Token));
            Assert.Equal(EnvironmentCodes.LayerRefused, refused.Diagnostics[0].Code);
        }
    }

    [Theory]
    [InlineData("../outside.py")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b.py")]
    [InlineData("C:/x.py")]
    [InlineData("sample/nul.py")]
    [InlineData("sample/back\\slash.py")]
    [InlineData("sample-1.0.dist-info/RECORD")]
    [InlineData("sample-1.0.dist-info/direct_url.json")]
    [InlineData("SAMPLE/__init__.py")]
    [InlineData("sample")]
    [InlineData("sample/__init__.py/x")]
    public async Task A_list_that_names_what_no_wheel_may_bring_is_refused_although_its_digest_is_right(string path)
    {
        await RefusedAsync(layer => With(layer, [.. layer.Files, Empty(InstallScheme.Purelib, path)]));
    }

    [Fact]
    public async Task A_list_that_lies_otherwise_is_refused_although_its_digest_is_right()
    {
        await RefusedAsync(layer => With(layer, [.. layer.Files, Empty(InstallScheme.Scripts, "python3")]));
        await RefusedAsync(layer => With(layer, [.. layer.Files, Empty(InstallScheme.Data, "pyvenv.cfg")]));
        await RefusedAsync(layer => With(layer, [.. layer.Files, Empty(InstallScheme.Data, "bin/activate")]));
        await RefusedAsync(layer => With(layer, layer.Files, [new("../tool", "sample", "main", false)]));
        await RefusedAsync(layer => With(layer, layer.Files, [new("tool", "sample", "main(); import os", false)]));
        await RefusedAsync(layer => With(layer, layer.Files, [new("tool", "sample", "main", false), new("TOOL", "sample", "main", false)]));
        await RefusedAsync(layer => With(layer, layer.Files, distInfo: "../x-1.0.dist-info"));
        await RefusedAsync(layer => With(layer, layer.Files, distInfo: "other-1.0.dist-info"));
        await RefusedAsync(layer => With(layer, layer.Files, digest: Sha256Digest.Of([1])));
        await RefusedAsync(layer => With(layer, layer.Files, bytecode: new("cpython-311", "a70d0d0a")));
    }

    private static async Task RefusedAsync(Func<Layer, Layer> lie)
    {
        using var folder = new TestFolder();
        var layer = await MadeAsync(folder, Sample());
        var liar = lie(layer);
        liar = With(liar, [.. liar.Files.OrderBy(f => f.Scheme).ThenBy(f => f.Path, StringComparer.Ordinal)], liar.EntryPoints, liar.DistInfo, liar.Digest, liar.Bytecode);
        using var tar = new MemoryStream();
        Write(liar, tar);
        var wheel = WheelFileName.Parse(layer.FileName);
        var reference = new LayerReference { Digest = Sha256Digest.Of(tar.ToArray()), Size = tar.Length, Kind = LayerKind.Wheel, Wheel = wheel, WheelSha256 = layer.Digest };
        tar.Position = 0;

        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => new ReceivedLayerStore(folder.File("received")).AddFromArchiveAsync(reference, tar, Token));

        Assert.Equal(EnvironmentCodes.LayerRefused, refused.Diagnostics[0].Code);
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories), f => f.EndsWith("outside.py", StringComparison.Ordinal));
    }

    /// <summary>The archive of a list that may lie: files that the layer has are copied, others are empty.</summary>
    private static void Write(Layer layer, MemoryStream tar)
    {
        Put("layer.json", LayerManifest.ToBytes(layer));
        foreach (var file in layer.Files)
            Put(LayerArchive.NameOf(file), file.Size == 0 ? [] : File.ReadAllBytes(layer.PathOf(file)));
        tar.Write(new byte[TarHeader.EndSize]);

        void Put(string name, byte[] content)
        {
            tar.Write(TarHeader.Of(name, content.Length, layer.Files.Any(f => LayerArchive.NameOf(f) == name && f.IsExecutable)));
            tar.Write(content);
            tar.Write(new byte[TarHeader.Padding(content.Length)]);
        }
    }

    private static Layer With(
        Layer layer, IReadOnlyList<LayerFile> files, IReadOnlyList<EntryPoint>? points = null, string? distInfo = null, Sha256Digest? digest = null, BytecodeFormat? bytecode = null) => new()
        {
            Digest = digest ?? layer.Digest,
            FileName = layer.FileName,
            Name = layer.Name,
            Version = layer.Version,
            Root = layer.Root,
            DistInfo = distInfo ?? layer.DistInfo,
            EntryPoints = points ?? layer.EntryPoints,
            Files = files,
            Folder = layer.Folder,
            Bytecode = bytecode,
        };

    private static LayerFile Empty(InstallScheme scheme, string path) => new(scheme, path, 0, Sha256Digest.Of([]), IsExecutable: scheme == InstallScheme.Scripts);

    private static WheelMaker Sample()
    {
        var maker = new WheelMaker("sample").Module("sample").Script("tool", "sample:main");
        maker.File($"{maker.Data}/scripts/tool-script", "#!python\nimport sample\n").File($"{maker.Data}/data/share/sample.txt", "data")
            .File($"sample/{new string('l', 90)}/{new string('m', 90)}.txt", new string('x', 1000)).File("sample/ünïcode.txt", "ü").File("sample/run", "#!/bin/sh\n", isExecutable: true)
            .File("sample/empty", "");
        return maker;
    }

    private static async Task<Layer> MadeAsync(TestFolder folder, WheelMaker maker)
    {
        var source = new MemorySource();
        return await new LayerStore(folder.File("cache")).GetOrAddAsync(source.Plan(maker), source, Token);
    }

    private static async Task<(byte[] Tar, LayerReference Reference)> TarAsync(TestFolder folder, Layer layer)
    {
        using var tar = new MemoryStream();
        await LayerArchive.WriteTarAsync(layer, tar, Token);
        return (tar.ToArray(), await new LayerDigests(folder.File("cache")).GetAsync(layer, Token));
    }

    private static byte[] ZstdOf(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var compressor = new ZstdSharp.CompressionStream(packed, leaveOpen: true))
            compressor.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>A network at its worst: a few bytes at a time.</summary>
    private sealed class DribblingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 7)], cancellationToken);
    }
}
