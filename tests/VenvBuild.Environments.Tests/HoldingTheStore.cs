using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>What is made of the store's layers without an environment, and interpreters that came with bundles: pruning leaves them alone.</summary>
public sealed class HoldingTheStore : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly MemorySource _source = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Cache => _folder.File("cache");

    private Store Store => new(Cache);

    [Fact]
    public async Task A_build_keeps_its_layers_until_it_is_done_with()
    {
        var python = await Pythons.BestAsync();
        var plan = new EnvironmentPlan(python.ToTarget(), [_source.Plan(new WheelMaker("held").Module("held"))], hasBytecode: true);
        using (var build = await new EnvironmentBuilder(Cache).BuildAsync(plan, python, _source, cancellationToken: Token))
        {
            var outcome = await Store.PruneAsync(new() { MaxBytes = 0 }, Token);
            Assert.Equal(2, outcome.KeptInUse);
            await BundleWriter.WriteFileAsync(build, _folder.File("held.bundle"), Token);
        }

        Assert.Equal(0, (await Store.PruneAsync(new() { MaxBytes = 0 }, Token)).KeptInUse);
        Assert.Null(new LayerStore(Cache).Find(plan.Wheels[0].Sha256));
    }

    [Fact]
    public async Task A_build_holds_its_layers_from_before_they_come_and_lets_go_when_it_fails()
    {
        var python = await Pythons.BestAsync();
        var first = _source.Plan(new WheelMaker("first").Module("first"));
        await new LayerStore(Cache).GetOrAddAsync(first, _source, Token);
        var second = _source.Plan(new WheelMaker("second").Module("second"));
        var pruning = new PruningSource(Store);

        var plan = new EnvironmentPlan(python.ToTarget(), [first, second]);
        await Assert.ThrowsAsync<DiagnosticException>(() => new EnvironmentBuilder(Cache).BuildAsync(plan, python, pruning, cancellationToken: Token));
        await Assert.ThrowsAsync<DiagnosticException>(() => new EnvironmentBuilder(Cache).WriteFolderAsync(plan, python, [], null, null, _folder.File("env"), pruning, cancellationToken: Token));

        Assert.Equal([1, 1], pruning.Kept);
        Assert.Equal(0, (await Store.PruneAsync(new() { MaxBytes = 0 }, Token)).KeptInUse);
    }

    [Fact]
    public async Task An_interpreter_that_came_with_a_bundle_stays_as_long_as_an_environment_leads_to_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the interpreter's folder is that of POSIX");
        var (python, program) = await CarryAsync();
        await new EnvironmentInstaller(Cache).SyncAsync(Pythons.Plan(python), python, _folder.File("env"), _source, cancellationToken: Token);
        // What Python compiles by itself is no damage.
        Assert.Equal("ok", await Pythons.RunAsync(_folder.File("env", "bin", "python"), "-c", "import wave; print('ok')"));

        Assert.Empty(await Store.VerifyAsync(removes: false, Token));
        var part = Assert.Single(Store.Measure(Token), part => part.Name == "carried");
        Assert.Equal(1, part.Entries);
        Assert.Equal(part.Bytes, part.BytesInUse);
        await Store.PruneAsync(new() { MaxBytes = 0 }, Token);
        Assert.Equal("ok", await Pythons.RunAsync(_folder.File("env", "bin", "python"), "-c", "import wave; print('ok')"));

        // Neither does an unreadable list make it anybody's to take.
        var list = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(program)!)!)!, LayerManifest.FileName);
        var whole = await File.ReadAllBytesAsync(list, Token);
        await File.WriteAllTextAsync(list, "no list", Token);
        Assert.Single(await Store.VerifyAsync(removes: false, Token));
        await Store.PruneAsync(new() { MaxBytes = 0 }, Token);
        Assert.True(File.Exists(program));
        await File.WriteAllBytesAsync(list, whole, Token);

        var library = Directory.GetFiles(Path.GetDirectoryName(Path.GetDirectoryName(program)!)!, "wave.py", SearchOption.AllDirectories).Single();
        File.Delete(library);
        await File.WriteAllTextAsync(library, "changed", Token);
        var damage = Assert.Single(await Store.VerifyAsync(removes: false, Token));
        Assert.Equal((library, _folder.File("env")), (damage.Path, Assert.Single(damage.Environments)));

        Directory.Delete(_folder.File("env"), recursive: true);
        Assert.Equal(0, (await Store.PruneAsync(new() { MaxBytes = 0 }, Token)).KeptInUse);
        Assert.False(File.Exists(program));
    }

    [Fact]
    public async Task A_running_process_holds_the_interpreter_that_came_with_a_bundle()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the interpreter's folder is that of POSIX");
        var (python, program) = await CarryAsync();

        using (await StoreLease.AcquireAsync(Cache, Pythons.Plan(python), python, Token))
        {
            await Store.PruneAsync(new() { MaxBytes = 0 }, Token);
            Assert.True(File.Exists(program));
        }

        await Store.PruneAsync(new() { MaxBytes = 0 }, Token);
        Assert.False(File.Exists(program));
    }

    [Fact]
    public async Task A_digest_that_was_kept_and_damaged_is_found()
    {
        var python = await Pythons.BestAsync();
        var plan = Pythons.Plan(python, _source.Plan(new WheelMaker("told").Module("told")));
        (await new EnvironmentBuilder(Cache).BuildAsync(plan, python, _source, cancellationToken: Token)).Dispose();
        var kept = Directory.GetFiles(_folder.File("cache", "archives"), "*", SearchOption.AllDirectories).Single();
        Assert.Empty(await Store.VerifyAsync(removes: false, Token));

        await File.WriteAllTextAsync(kept, "no digest", Token);

        Assert.Equal(kept, Assert.Single(await Store.VerifyAsync(removes: true, Token)).Path);
        Assert.False(File.Exists(kept));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>An interpreter of this machine that can be carried, carried into the store.</summary>
    private async Task<(Interpreter Python, string Program)> CarryAsync()
    {
        foreach (var candidate in await Pythons.AllAsync())
        {
            var other = _folder.File("other");
            try
            {
                using var build = await new EnvironmentBuilder(other).BuildAsync(Pythons.Plan(candidate), candidate, _source, cancellationToken: Token);
                var (whole, making) = await new CarriedInterpreter(other).AddAsync(build, candidate, Token);
                using (making)
                    await BundleWriter.WriteFileAsync(whole, _folder.File("python.bundle"), Token);
            }
            catch (DiagnosticException e) when (e.Diagnostics[0].Code == EnvironmentCodes.InterpreterNotPortable)
            {
                continue;
            }

            using var bundle = BundleReader.Open(_folder.File("python.bundle"));
            var program = await new CarriedInterpreter(Cache).UnpackAsync(bundle.Manifest, bundle, Token);
            var python = await new InterpreterFinder(Cache, new InterpreterPlaces()).FindAsync(request: program, cancellationToken: Token);
            Assert.Equal(program, python.Executable);
            return (python, program!);
        }

        Require.That(false, "a Python that has a folder of its own, which can be carried");
        throw new InvalidOperationException();
    }

    /// <summary>Prunes in the middle of a download, and has nothing.</summary>
    private sealed class PruningSource(Store store) : IWheelSource
    {
        public List<int> Kept { get; } = [];

        public async Task DownloadAsync(PlannedWheel wheel, Stream destination, CancellationToken cancellationToken)
        {
            Kept.Add((await store.PruneAsync(new() { MaxBytes = 0 }, cancellationToken)).KeptInUse);
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(EnvironmentCodes.WheelNotFound, "There is none."));
        }
    }
}
