using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>An environment's description and the file that carries it.</summary>
public sealed class Bundles
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bundle_does_not_take_the_place_of_a_device_or_a_pipe()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "devices have places on POSIX");
        using var folder = new TestFolder();
        var source = new MemorySource();
        var plan = new EnvironmentPlan(new Target(Platform.Parse("linux-x64"), new PythonMinor(3, 12)), [source.Plan(new WheelMaker("demo").Module("demo"))]);
        using var build = await new EnvironmentBuilder(folder.File("cache")).BuildAsync(plan, null, source, cancellationToken: Token);
        Assert.Equal("", await Pythons.RunAsync("mkfifo", folder.File("pipe")));
        File.CreateSymbolicLink(folder.File("link"), folder.File("pipe"));

        foreach (var place in (string[])["pipe", "link"])
        {
            var refused = await Assert.ThrowsAsync<DiagnosticException>(() => BundleWriter.WriteFileAsync(build, folder.File(place), Token));
            Assert.Equal((ExitCode.Usage, EnvironmentCodes.NotAFile), (refused.ExitCode, refused.Diagnostics[0].Code));
        }

        Assert.Throws<DiagnosticException>(() => OutputFile.CheckPlace("/dev/null"));
        Assert.Equal(["cache", "link", "pipe"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("", await Pythons.RunAsync("test", "-p", folder.File("pipe")));
        await BundleWriter.WriteFileAsync(build, folder.File("bundle"), Token);
        await BundleWriter.WriteFileAsync(build, folder.File("bundle"), Token);
    }

    [Fact]
    public void The_same_environment_has_the_same_description_and_reads_back_as_itself()
    {
        var manifest = Manifest();
        var bytes = manifest.ToUtf8Bytes();

        Assert.Equal(bytes, EnvironmentManifest.Read(bytes, "test").ToUtf8Bytes());
        Assert.Equal(bytes, Manifest(reversed: true).ToUtf8Bytes());
        Assert.Equal(manifest.Key, EnvironmentManifest.Read(bytes, "test").Key);
        Assert.Equal(
            """
            {
              "format": 1,
              "key": "{key}",
              "target": {
                "platform": "linux-x64",
                "python": "3.13",
                "implementation": "cpython",
                "abi": "cp313t"
              },
              "options": {
                "bytecode": true
              },
              "layers": [
                {
                  "digest": "sha256:{one}",
                  "size": 2048,
                  "kind": "wheel",
                  "name": "a",
                  "version": "1.0",
                  "wheel": "a-1.0-py3-none-any.whl",
                  "wheel-sha256": "{a}"
                },
            """.Replace("{key}", manifest.Key.ToString(), StringComparison.Ordinal).Replace("{one}", Digest("wheel a").ToString(), StringComparison.Ordinal).Replace("{a}", Digest("a").ToString(), StringComparison.Ordinal),
            string.Join('\n', Encoding.UTF8.GetString(bytes).Split('\n').Take(22)));
    }

    [Fact]
    public void A_secret_in_an_index_does_not_reach_the_description()
    {
        var text = Encoding.UTF8.GetString(Manifest().ToUtf8Bytes());

        Assert.Contains("https://packages.example/simple", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "format is 2")]
    [InlineData("\"python\": \"3.13\"", "\"python\": \"3.14\"", "")]
    [InlineData("\"bytecode\": true", "\"bytecode\": false", "")]
    [InlineData("a-1.0-py3-none-any.whl", "a-1.1-py3-none-any.whl", "")]
    [InlineData("\"size\": 2048", "\"size\": -1", "")]
    [InlineData("\"size\": 2048", "\"size\":  2048", "not written as")]
    [InlineData("\"size\": 2048", "\"size\": 2048, \"more\": 1", "more")]
    [InlineData("\"kind\": \"wheel\"", "\"kind\": \"other\"", "kind of layer")]
    [InlineData("\"options\": {", "\"options\": {\"bytecode\": true,", "")]
    [InlineData("\"key\": \"", "\"key\": \"0", "its key")]
    [InlineData("sha256:", "md5:", "no digest")]
    [InlineData("\"platform\": \"linux-x64\"", "\"platform\": \"win-x64\"", "its key")]
    [InlineData("\"abi\": \"cp313t\"", "\"abi\": \"cp313\"", "its key")]
    [InlineData("\n}\n", "\n}", "not written as")]
    [InlineData("\n}\n", "", "")]
    public void A_description_that_lies_or_is_written_otherwise_is_refused(string what, string by, string why)
    {
        var text = Encoding.UTF8.GetString(Manifest().ToUtf8Bytes());
        Assert.Contains(what, text, StringComparison.Ordinal);

        var refused = Assert.Throws<DiagnosticException>(() => EnvironmentManifest.Read(Encoding.UTF8.GetBytes(text.Replace(what, by, StringComparison.Ordinal)), "test"));

        Assert.Equal(EnvironmentCodes.ManifestRefused, refused.Diagnostics[0].Code);
        Assert.Contains(why, refused.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":1,\"key\":null,\"target\":null,\"options\":null,\"layers\":[null]}")]
    [InlineData("{\"format\":1,\"key\":\"\",\"target\":{\"platform\":\"linux-x64\",\"python\":\"3.11\",\"abi\":\"cp311\"},\"options\":{},\"layers\":[null]}")]
    [InlineData("{\"format\":1,\"key\":\"\",\"target\":{\"platform\":\"linux-x64\",\"python\":\"3.11\",\"abi\":\"cp311\"},\"options\":{},\"layers\":[{}]}")]
    [InlineData("{\"format\":99999999999}")]
    [InlineData("")]
    public void What_is_no_description_is_refused(string text) =>
        Assert.Equal(EnvironmentCodes.ManifestRefused, Assert.Throws<DiagnosticException>(() => EnvironmentManifest.Read(Encoding.UTF8.GetBytes(text), "test")).Diagnostics[0].Code);

    [Fact]
    public async Task A_bundle_makes_the_environment_on_a_machine_that_has_only_the_interpreter()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var (manifest, path) = await PackAsync(folder, python);
        using var bundle = BundleReader.Open(path);
        var installer = new EnvironmentInstaller(folder.File("elsewhere"));

        var result = await installer.InstallAsync(bundle.Manifest, python, folder.File("env"), bundle, cancellationToken: Token);

        Assert.Equal(manifest.Key, result.Key);
        Assert.Equal(4, result.Fetched);
        Assert.Equal("42", await Pythons.RunAsync(folder.File("env", VenvLayout.Of(python).Executable), "-c", "import first, second; print(second.answer())"));
        var cached = folder.File("env", VenvLayout.Of(python).SitePackages, "first", "__pycache__", $"__init__.{python.CacheTag}.pyc");
        Assert.True(File.Exists(cached));
        Assert.False(Directory.Exists(folder.File("elsewhere", "bytecode")), "nothing was compiled there");
        Assert.Equal(0, (await installer.InstallAsync(bundle.Manifest, python, folder.File("env2"), bundle, cancellationToken: Token)).Fetched);
        Assert.False((await installer.InstallAsync(bundle.Manifest, python, folder.File("env"), bundle, cancellationToken: Token)).HasChanged);
    }

    [Fact]
    public async Task Who_has_the_same_wheels_fetches_nothing_and_who_has_one_other_fetches_that()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var (_, path) = await PackAsync(folder, python);
        using var bundle = BundleReader.Open(path);

        var result = await new EnvironmentInstaller(folder.File("cache")).InstallAsync(bundle.Manifest, python, folder.File("env"), bundle, cancellationToken: Token);
        Assert.Equal(0, result.Fetched);

        var source = new MemorySource();
        await new LayerStore(folder.File("third")).GetOrAddAsync(source.Plan(First), source, Token);
        Assert.Equal(3, (await new EnvironmentInstaller(folder.File("third")).InstallAsync(bundle.Manifest, python, folder.File("env3"), bundle, cancellationToken: Token)).Fetched);
    }

    [Fact]
    public async Task A_layer_that_is_damaged_in_the_store_is_fetched_again()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var (_, path) = await PackAsync(folder, python);
        using var bundle = BundleReader.Open(path);
        var installer = new EnvironmentInstaller(folder.File("elsewhere"));
        await installer.InstallAsync(bundle.Manifest, python, folder.File("env"), bundle, cancellationToken: Token);
        var victim = Directory.EnumerateFiles(folder.File("elsewhere", "received"), "__init__.py", SearchOption.AllDirectories).First();
        File.SetAttributes(victim, FileAttributes.Normal);
        await File.WriteAllTextAsync(victim, "changed", Token);

        var result = await installer.InstallAsync(bundle.Manifest, python, folder.File("env2"), bundle, cancellationToken: Token);

        Assert.Equal(1, result.Fetched);
        Assert.Equal("42 42", await Pythons.RunAsync(folder.File("env2", VenvLayout.Of(python).Executable), "-c", "import first, second; print(first.answer(), second.answer())"));
    }

    [Fact]
    public async Task A_bundle_that_is_cut_or_changed_is_refused_and_makes_no_environment()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var (_, path) = await PackAsync(folder, python);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        for (var at = 0; at < bytes.Length; at += 211)
        {
            await File.WriteAllBytesAsync(path, [.. bytes[..at], (byte)(bytes[at] ^ 0x11), .. bytes[(at + 1)..]], Token);
            await Attempt(at);
        }

        await File.WriteAllBytesAsync(path, bytes[..^1], Token);
        Assert.True(await Attempt(-1));
        await File.WriteAllBytesAsync(path, [.. bytes, 0], Token);
        Assert.True(await Attempt(-1));
        await File.WriteAllBytesAsync(path, [], Token);
        Assert.True(await Attempt(-1));
        Assert.Equal(ExitCode.Usage, Assert.Throws<DiagnosticException>(() => BundleReader.Open(folder.File("none"))).ExitCode);

        async Task<bool> Attempt(int at)
        {
            using var cache = new TestFolder();
            try
            {
                using var bundle = BundleReader.Open(path);
                await new EnvironmentInstaller(cache.File("cache")).InstallAsync(bundle.Manifest, python, cache.File("env"), bundle, cancellationToken: Token);
                // What still came out is the right thing: the change hit padding or the end, which carry nothing.
                Assert.Equal("42", await Pythons.RunAsync(cache.File("env", VenvLayout.Of(python).Executable), "-c", "import first; print(first.answer())"));
                return false;
            }
            catch (DiagnosticException refused)
            {
                Assert.Contains(refused.Diagnostics[0].Code, new[] { EnvironmentCodes.BundleRefused, EnvironmentCodes.ManifestRefused, EnvironmentCodes.LayerRefused });
                Assert.False(Directory.Exists(cache.File("env")));
                return true;
            }
        }
    }

    [Fact]
    public async Task Of_a_thousand_changed_bundles_none_brings_anything_but_what_was_packed()
    {
        using var folder = new TestFolder();
        var (_, path) = await PackAsync(folder, await Pythons.BestAsync());
        var bytes = await File.ReadAllBytesAsync(path, Token);
        byte[] packed;
        using (var bundle = BundleReader.Open(path))
            packed = bundle.Manifest.ToUtf8Bytes();
        var random = new Random(20261124);
        var refused = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var harmless = 0;
        for (var i = 0; i < 1000; i++)
        {
            var (kind, changed) = Mutation.Of(bytes, random);
            await File.WriteAllBytesAsync(path, changed, Token);
            try
            {
                using var bundle = BundleReader.Open(path);
                if (!bundle.Manifest.ToUtf8Bytes().AsSpan().SequenceEqual(packed))
                {
                    // What is signed is the description, which names each layer by its digest: with another, no signature is good.
                    Refuse(kind);
                    continue;
                }

                foreach (var layer in bundle.Manifest.Layers)
                {
                    await using var content = (await bundle.OpenAsync(layer, Token))!;
                    await LayerArchive.CheckAsync(layer, content.Archive, Token);
                }

                harmless++;
            }
            catch (DiagnosticException refusal)
            {
                Assert.Equal(ExitCode.Integrity, refusal.ExitCode);
                Refuse(kind);
            }
        }

        void Refuse(string kind) => refused[kind] = refused.GetValueOrDefault(kind) + 1;

        TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(", ", refused.Select(kind => $"{kind.Key}: {kind.Value}"))}, of no consequence: {harmless}");
        Assert.Equal(6, refused.Count);
        Assert.InRange(harmless, 0, 10);
    }

    [Fact]
    public async Task An_environment_for_another_system_is_refused_by_name()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var wheel = source.Plan(new WheelMaker("native", tag: "py3-none-win_arm64").Module("native"));
        var plan = new EnvironmentPlan(new Target(Platform.Parse("win-arm64"), new(python.Major, python.Minor)), [wheel]);
        var manifest = new EnvironmentManifest(plan, [Reference(LayerKind.Wheel, "native", wheel.Sha256, "native-1.0-py3-none-win_arm64.whl")]);

        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => new EnvironmentInstaller(folder.File("cache"))
            .InstallAsync(manifest, python, folder.File("env"), new LayerFolder(folder.File("none")), cancellationToken: Token));

        Assert.Equal(EnvironmentCodes.InterpreterDoesNotFit, refused.Diagnostics[0].Code);
        Assert.Contains("win-arm64", refused.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    private static WheelMaker First => new WheelMaker("first").Module("first");

    private static async Task<(EnvironmentManifest Manifest, string Path)> PackAsync(TestFolder folder, Interpreter python)
    {
        var source = new MemorySource();
        var plan = new EnvironmentPlan(python.ToTarget(), [source.Plan(First), source.Plan(new WheelMaker("second").Module("second").Script("second", "second:main"))], hasBytecode: true);
        var build = await new EnvironmentBuilder(folder.File("cache")).BuildAsync(plan, python, source, cancellationToken: Token);
        var path = folder.File("env.bundle");
        await BundleWriter.WriteFileAsync(build, path, Token);
        return (build.Manifest, path);
    }

    private static EnvironmentManifest Manifest(bool reversed = false)
    {
        PlannedWheel[] wheels =
        [
            new() { File = WheelFileName.Parse("a-1.0-py3-none-any.whl"), Sha256 = Digest("a") },
            new() { File = WheelFileName.Parse("b-2.0-py3-none-any.whl"), Sha256 = Digest("b"), Url = new Uri("https://elsewhere.example/b.whl") },
        ];
        LayerReference[] layers =
        [
            Reference(LayerKind.Wheel, "a", Digest("a"), "a-1.0-py3-none-any.whl"),
            Reference(LayerKind.Wheel, "b", Digest("b"), "b-2.0-py3-none-any.whl"),
            Reference(LayerKind.Bytecode, "b", Digest("b"), "b-2.0-py3-none-any.whl"),
        ];
        if (reversed)
        {
            Array.Reverse(wheels);
            Array.Reverse(layers);
        }

        return new(new(new Target(Platform.Parse("linux-x64"), new(3, 13), isFreeThreaded: true), wheels, hasBytecode: true), layers)
        {
            Lock = Digest("lock"),
            Provenance = new() { Builder = "venvbuild test", Indexes = [new("https://user:secret@packages.example/simple?token=secret")], Created = new DateTimeOffset(2026, 11, 24, 7, 0, 0, TimeSpan.FromHours(2)) },
        };
    }

    private static LayerReference Reference(LayerKind kind, string name, Sha256Digest wheel, string file) => new()
    {
        Digest = Digest($"{kind.ToString().ToLowerInvariant()} {name}"),
        Size = 2048,
        Kind = kind,
        Wheel = WheelFileName.Parse(file),
        WheelSha256 = wheel,
    };

    private static Sha256Digest Digest(string text) => Sha256Digest.Of(Encoding.UTF8.GetBytes(text));
}
