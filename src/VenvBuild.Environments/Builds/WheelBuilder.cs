using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Builds wheels from sources for one interpreter (PEP 517), each in an environment of its own that our resolver and installer make. What was
/// built is kept, by the source's digest, the target and the pins of the build: <c>setup.py</c> runs once for each.
/// </summary>
/// <param name="index">Where build requirements come from, as wheels.</param>
/// <param name="interpreter">The Python that builds, and that the wheels are for.</param>
/// <param name="options">How.</param>
public sealed class WheelBuilder(PackageIndex index, Interpreter interpreter, SourceBuildOptions options)
{
    /// <summary>The code of a build that failed; the diagnostic's detail is the end of what it said.</summary>
    public const string BuildFailedCode = BuildCodes.BuildFailed;

    /// <summary>The code of what is said of a source that is built to other bytes each time.</summary>
    public const string NotReproducibleCode = BuildCodes.NotReproducible;

    private readonly BuiltWheelStore _store = new(index.Options.Cache);

    /// <summary>The wheel of a source: the one that was built before, or a new one.</summary>
    /// <exception cref="DiagnosticException">
    /// The source cannot be had or is refused, what its build needs cannot be had, or the build fails (exit code 5, with the end of its log).
    /// </exception>
    public async Task<BuiltWheel> BuildAsync(BuildSource source, CancellationToken cancellationToken = default)
    {
        var note = NoteOf(source);
        var wheel = _store.Recall(note)
            ?? await InRoomAsync(source, async build => _store.Recall(note) ?? await MakeAsync(build, note, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (!options.ComparesBuilds)
            return wheel;
        if (wheel.IsReproducible is null)
            wheel = await InRoomAsync(source, build => CompareAsync(build, wheel, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (wheel.IsReproducible == false)
        {
            options.Report?.Invoke(Diagnostic.Warning(
                BuildCodes.NotReproducible, $"{source.Label} is built to other bytes each time, also with the same date and pins: environments with it have another key on each machine that builds it.",
                remedy: "Build it once and share the environment (push), or publish the wheel to an index of yours."));
        }

        return wheel;
    }

    /// <summary>The wheel that was built of a source before, with the same choices; null where none is kept.</summary>
    public BuiltWheel? Find(BuildSource source) => _store.Recall(NoteOf(source));

    /// <summary>
    /// The core metadata that the source's wheel will have: of the wheel where there is one, else as the backend prepares them, else of a wheel
    /// that is built for it.
    /// </summary>
    /// <exception cref="DiagnosticException">As for <see cref="BuildAsync"/>.</exception>
    public async Task<byte[]> GetMetadataAsync(BuildSource source, CancellationToken cancellationToken = default)
    {
        var note = NoteOf(source);
        if (_store.RecallMetadata(note) is { } known)
            return known;
        var metadata = _store.Recall(note) is { } built
            ? MetadataOf(built)
            : await InRoomAsync(source, async build =>
                await build.PrepareMetadataAsync(cancellationToken).ConfigureAwait(false) ?? MetadataOf(await MakeAsync(build, note, cancellationToken).ConfigureAwait(false)),
                cancellationToken).ConfigureAwait(false);
        _store.RememberMetadata(note, metadata);
        return metadata;
    }

    /// <summary>Whether this machine can seal builds (<see cref="SourceBuildOptions.IsSealed"/>).</summary>
    public static async Task<bool> CanSealAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await BuildSandbox.FindAsync(isSealed: true, [], cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DiagnosticException)
        {
            return false;
        }
    }

    private static byte[] MetadataOf(BuiltWheel wheel)
    {
        using var archive = WheelArchive.Open(wheel.Path);
        return archive.ReadMetadata("METADATA")!;
    }

    /// <summary>What a source and all that is asked besides come to. The pins are not in it: it is what leads to them.</summary>
    private string NoteOf(BuildSource source)
    {
        var target = interpreter.ToTarget();
        return CacheFolder.KeyOf(
            "wheel", source.Digest.ToString(), source.Name.Value, target.Platform.RuntimeIdentifier, interpreter.Version.ToString(), target.Abi, interpreter.SoAbi, options.Settings);
    }

    private async Task<T> InRoomAsync<T>(BuildSource source, Func<WheelBuild, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            using var held = await ProcessLock.AcquireAsync(_store.Locks, source.Digest.ToString(), waiting: null, cancellationToken).ConfigureAwait(false);
            using var room = StagingFolder.Create(_store.Staging);
            using var log = new BuildLog(_store.LogOf(source), options.Live);
            return await work(new(source, index, interpreter, options, room.Path, log)).ConfigureAwait(false);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _store.Staging);
        }
    }

    /// <summary>Builds a second time, in another place. Where the pins have moved on meanwhile, nothing can be said.</summary>
    private async Task<BuiltWheel> CompareAsync(WheelBuild build, BuiltWheel wheel, CancellationToken cancellationToken)
    {
        if (KeyOf(build.Source, await build.GetEnvironmentAsync(cancellationToken).ConfigureAwait(false)) != wheel.Key)
            return wheel;
        var second = await build.BuildAsync(cancellationToken).ConfigureAwait(false);
        return BuiltWheelStore.Mark(wheel, Path.GetFileName(second) == wheel.File.Text && FileDigest.Of(second, cancellationToken) == wheel.Sha256);
    }

    private string KeyOf(BuildSource source, EnvironmentPlan plan) =>
        CacheFolder.KeyOf("build", source.Digest.ToString(), plan.Key.ToString(), interpreter.Version.ToString(), interpreter.SoAbi);

    private async Task<BuiltWheel> MakeAsync(WheelBuild build, string note, CancellationToken cancellationToken)
    {
        var plan = await build.GetEnvironmentAsync(cancellationToken).ConfigureAwait(false);
        var key = KeyOf(build.Source, plan);
        if (_store.Find(key) is not { } wheel)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var made = await build.BuildAsync(cancellationToken).ConfigureAwait(false);
            wheel = _store.Add(key, made, [.. plan.Wheels.Select(pin => $"{pin.Name}=={pin.Version} {pin.Sha256}")], build.Room);
            options.Report?.Invoke(Diagnostic.Verbose(BuildCodes.Remark, FormattableString.Invariant(
                $"{wheel.File} was built from {build.Source.Label} in {watch.Elapsed.TotalSeconds:0.0} s, with {string.Join(", ", plan.Wheels.Select(pin => $"{pin.Name} {pin.Version}"))}.")));
        }

        _store.Remember(note, key);
        return wheel;
    }
}
