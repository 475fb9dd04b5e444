using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>An interpreter that travels in a bundle with its environment, for machines that have none.</summary>
/// <param name="cacheFolder">The folder that interpreters are kept below.</param>
public sealed class CarriedInterpreter(string cacheFolder)
{
    /// <summary>The part of the store that such interpreters are in.</summary>
    internal const string Part = "carried";

    /// <summary>Where it is said what the interpreter needs of the machine that it goes to.</summary>
    public Action<Diagnostic>? Remark { get; init; }

    private readonly string _making = Path.Combine(Path.GetFullPath(cacheFolder), Part, ".staging");

    /// <summary>The folder below which interpreters are, by the digest of their archive.</summary>
    internal static string RootOf(string cacheFolder) => Path.Combine(Path.GetFullPath(cacheFolder), Part, "v1");

    /// <summary>Adds an interpreter's installation to a build. What was made for it is removed when the answer is disposed.</summary>
    /// <exception cref="DiagnosticException">The installation cannot run anywhere else, or the disk fails.</exception>
    public async Task<(EnvironmentBuild Build, IDisposable Making)> AddAsync(EnvironmentBuild build, Interpreter interpreter, CancellationToken cancellationToken = default)
    {
        var (layer, making) = await MakeAsync(interpreter, cancellationToken).ConfigureAwait(false);
        return await AddAsync(build, layer, making, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds an interpreter for the machine that the build is for. What was made for it is removed when the answer is disposed.</summary>
    /// <exception cref="DiagnosticException">It is no whole installation, or the disk fails.</exception>
    public Task<(EnvironmentBuild Build, IDisposable Making)> AddAsync(EnvironmentBuild build, ForeignPython python, CancellationToken cancellationToken = default)
    {
        var (layer, making) = Make(python, cancellationToken);
        return AddAsync(build, layer, making, cancellationToken);
    }

    private async Task<(EnvironmentBuild Build, IDisposable Making)> AddAsync(EnvironmentBuild build, Layer layer, IDisposable making, CancellationToken cancellationToken)
    {
        try
        {
            var reference = await new LayerDigests(cacheFolder).GetAsync(layer, cancellationToken).ConfigureAwait(false);
            var manifest = new EnvironmentManifest(build.Manifest.ToPlan(), build.Manifest.Layers) { Interpreter = reference, Lock = build.Manifest.Lock, Provenance = build.Manifest.Provenance };
            return (build with { Manifest = manifest, Layers = [.. build.Layers, (reference, layer)] }, making);
        }
        catch
        {
            making.Dispose();
            throw;
        }
    }

    /// <summary>Makes the layer of an interpreter's installation. It is removed when <c>Making</c> is disposed.</summary>
    /// <exception cref="DiagnosticException">The installation cannot run anywhere else, or the disk fails.</exception>
    internal async Task<(Layer Layer, IDisposable Making)> MakeAsync(Interpreter interpreter, CancellationToken cancellationToken)
    {
        StagingFolder.Wipe(_making);
        var making = StagingFolder.Create(_making);
        try
        {
            var layer = await InterpreterLayer.MakeAsync(interpreter, making.Path, cancellationToken).ConfigureAwait(false);
            // One that was built on this machine has this machine's libraries in mind, and the other may have none.
            foreach (var lacking in NativeCheck.Run(new KnownSystem(interpreter.ToTarget(), isHere: false), [layer], VenvLayout.Of(interpreter), cacheFolder))
                Remark?.Invoke(lacking);
            return (layer, making);
        }
        catch
        {
            making.Dispose();
            throw;
        }
    }

    /// <summary>Makes the layer of an interpreter for another machine. It is removed when <c>Making</c> is disposed.</summary>
    /// <exception cref="DiagnosticException">It is no whole installation, or the disk fails.</exception>
    internal (Layer Layer, IDisposable Making) Make(ForeignPython python, CancellationToken cancellationToken)
    {
        StagingFolder.Wipe(_making);
        var making = StagingFolder.Create(_making);
        try
        {
            return (InterpreterLayer.Make(python, making.Path, cancellationToken), making);
        }
        catch
        {
            making.Dispose();
            throw;
        }
    }

    /// <summary>Unpacks the interpreter that a description names, unless it is here, and answers its program's path; null when it names none.</summary>
    /// <exception cref="DiagnosticException">The interpreter cannot be had or is refused, or the disk fails.</exception>
    public async Task<string?> UnpackAsync(EnvironmentManifest manifest, ILayerSource source, CancellationToken cancellationToken = default)
    {
        if (manifest.Interpreter is not { } asked)
            return null;
        var target = manifest.Target;
        var store = ReceivedLayerStore.OfInterpreters(cacheFolder);
        var layer = store.Find(asked);
        if (layer is null)
        {
            var content = await source.OpenAsync(asked, cancellationToken).ConfigureAwait(false) ?? throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                EnvironmentCodes.LayerNotFound, $"{source.Name} has not got {asked}, which it says it carries.", remedy: "Fetch it again, or name an interpreter with --python."));
            await using (content.ConfigureAwait(false))
                layer = await store.AddFromArchiveAsync(asked, content.Archive, cancellationToken).ConfigureAwait(false);
        }

        var program = InterpreterLayer.ExecutableOf(target.Platform.IsWindows, target.Python.Major, target.Python.Minor, target.IsFreeThreaded);
        return $"{layer.Folder}/{Layer.FolderOf(InstallScheme.Data)}/{program}";
    }
}
