using System.Text;
using System.Text.Json;
using CliWrap;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Bytecode of layers, compiled once for each bytecode format and linked into every environment: files that Python takes without
/// looking at the source's time (PEP 552, unchecked hash), with no path of this machine inside.
/// </summary>
internal sealed class BytecodeStore(string cacheFolder)
{
    // The seed makes sets of constants come in one order (before 3.11 they lie in that of their hashes). It is a variable, so Python may not
    // be isolated from all of them (-I): they are taken away one by one, and the current folder from the path.
    // Sources that do not compile (templates, files for other Pythons) are left out, as Python itself would report them only when imported.
    private const string Runner = """
        import sys
        del sys.path[0]
        import json, py_compile
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        for line in sys.stdin.buffer:
            source, target, name = json.loads(line)
            try:
                py_compile.compile(source, cfile=target, dfile=name, doraise=True, invalidation_mode=mode)
            except OSError:
                raise
            except Exception:
                pass
        """;

    private readonly string _root = Path.Combine(Path.GetFullPath(cacheFolder), "bytecode", "v3");

    /// <summary>The bytecode of each layer, by the wheel's digest.</summary>
    public async Task<Dictionary<Sha256Digest, Layer>> GetOrAddAsync(
        IReadOnlyList<Layer> layers, Interpreter interpreter, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Sha256Digest, Layer>();
        var missing = new List<Layer>();
        var there = new Layer?[layers.Count];
        Parallel.For(0, there.Length, i => there[i] = Find(layers[i].Digest, interpreter));
        for (var i = 0; i < there.Length; i++)
        {
            if (there[i] is { } compiled)
                found.Add(layers[i].Digest, compiled);
            else
                missing.Add(layers[i]);
        }

        if (missing.Count == 0)
            return found;
        try
        {
            var root = Path.Combine(_root, ".staging");
            StagingFolder.Wipe(root);
            using var staging = StagingFolder.Create(root);
            await CompileAsync(missing, interpreter, staging.Path, progress, cancellationToken).ConfigureAwait(false);
            foreach (var layer in missing)
                found.Add(layer.Digest, Publish(layer, interpreter, Path.Combine(staging.Path, layer.Digest.ToString())));
            return found;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }

    /// <summary>Takes bytecode out, so that the next run compiles it again.</summary>
    public static void Remove(Layer compiled) => FolderRemoval.Remove(compiled.Folder);

    public Layer? Find(Sha256Digest digest, Interpreter interpreter) => Find(digest, FolderOf(digest, BytecodeFormat.Of(interpreter).ToString()));

    /// <summary>What is compiled of a wheel, for whichever Python. It says nothing of which is meant.</summary>
    public IReadOnlyList<Layer> FindAll(Sha256Digest digest)
    {
        var found = new List<Layer>();
        foreach (var format in Directory.Exists(_root) ? Directory.GetDirectories(_root) : [])
        {
            if (Find(digest, FolderOf(digest, Path.GetFileName(format))) is { } compiled)
                found.Add(compiled);
        }

        return found;
    }

    private static Layer? Find(Sha256Digest digest, string folder)
    {
        var compiled = UseStamp.ReadAndRenew(Path.Combine(folder, LayerManifest.FileName)) is { } bytes ? LayerManifest.Read(bytes, folder) : null;
        return compiled?.Digest == digest ? compiled : null;
    }

    private static async Task CompileAsync(
        List<Layer> layers, Interpreter interpreter, string staging, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var width = Math.Clamp(Environment.ProcessorCount, 1, 16);
        var shares = new (StringBuilder Jobs, long Bytes)[width];
        for (var i = 0; i < width; i++)
            shares[i] = (new StringBuilder(), 0);
        foreach (var (layer, source) in layers.SelectMany(l => l.Files.Where(IsSource).Select(f => (Layer: l, Source: f))).OrderByDescending(s => s.Source.Size))
        {
            var target = $"{staging}/{layer.Digest}/{Layer.FolderOf(source.Scheme)}/{CompiledPath(source.Path, interpreter)}";
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var least = 0;
            for (var i = 1; i < width; i++)
            {
                if (shares[i].Bytes < shares[least].Bytes)
                    least = i;
            }

            shares[least].Bytes += source.Size + 500;
            var path = layer.PathOf(source);
            shares[least].Jobs.Append($"[\"{JsonEncodedText.Encode(path)}\",\"{JsonEncodedText.Encode(target)}\",\"{JsonEncodedText.Encode(source.Path)}\"]\n");
        }

        progress?.Report(new(SyncPhase.Compiling, 0, layers.Count));
        await Task.WhenAll(shares.Where(s => s.Bytes > 0).Select(s => RunAsync(interpreter, s.Jobs.ToString(), cancellationToken))).ConfigureAwait(false);
        progress?.Report(new(SyncPhase.Compiling, layers.Count, layers.Count));
    }

    private static async Task RunAsync(Interpreter interpreter, string jobs, CancellationToken cancellationToken)
    {
        var errors = new StringBuilder();
        var result = await Cli.Wrap(interpreter.Executable)
            .WithArguments(["-s", "-S", "-B", "-W", "ignore", "-c", Runner])
            .WithEnvironmentVariables(new Dictionary<string, string?>(InterpreterProbe.CleanEnvironment()) { ["PYTHONHASHSEED"] = "0", ["PYTHONUTF8"] = "1" })
            .WithStandardInputPipe(PipeSource.FromString(jobs, Encoding.UTF8))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken)
            .ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new DiagnosticException(ExitCode.BuildFailed, Diagnostic.Error(
                EnvironmentCodes.BytecodeFailed, $"{interpreter} ended with {result.ExitCode} while compiling modules.",
                remedy: "See what it said; bytecode: false in pyenv.yaml makes do without.", detail: errors.ToString()));
        }
    }

    private Layer Publish(Layer layer, Interpreter interpreter, string staged)
    {
        Directory.CreateDirectory(staged);
        var files = new List<LayerFile>();
        foreach (var source in layer.Files.Where(IsSource))
        {
            var path = CompiledPath(source.Path, interpreter);
            var compiled = $"{staged}/{Layer.FolderOf(source.Scheme)}/{path}";
            if (!File.Exists(compiled))
                continue;
            var bytes = File.ReadAllBytes(compiled);
            files.Add(new(source.Scheme, path, bytes.Length, Sha256Digest.Of(bytes), IsExecutable: false));
            File.SetLastWriteTimeUtc(compiled, LayerUnpacker.Timestamp);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(compiled, Layer.ModeOf(isExecutable: false));
        }

        // The order of the sources is another: what is in a folder comes after what is in the folders below it.
        files.Sort(static (a, b) => a.Scheme != b.Scheme ? a.Scheme.CompareTo(b.Scheme) : string.CompareOrdinal(a.Path, b.Path));
        var folder = FolderOf(layer.Digest, BytecodeFormat.Of(interpreter).ToString());
        var made = new Layer
        {
            Digest = layer.Digest,
            FileName = layer.FileName,
            Name = layer.Name,
            Version = layer.Version,
            Root = layer.Root,
            DistInfo = layer.DistInfo,
            EntryPoints = [],
            Files = files,
            Folder = folder,
            Bytecode = BytecodeFormat.Of(interpreter),
        };
        LayerManifest.Write(made, staged);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        // What is there and was not found is damaged.
        if (Directory.Exists(folder) && Find(layer.Digest, interpreter) is null)
            FolderRemoval.Remove(folder);
        try
        {
            Directory.Move(staged, folder);
        }
        catch (IOException) when (Find(layer.Digest, interpreter) is not null)
        {
            // Another process compiled the same at the same time; what it made is the same.
            return Find(layer.Digest, interpreter)!;
        }

        return made;
    }

    private static bool IsSource(LayerFile file) => file.Scheme is InstallScheme.Purelib or InstallScheme.Platlib && file.Path.EndsWith(".py", StringComparison.Ordinal);

    private static string CompiledPath(string source, Interpreter interpreter)
    {
        var slash = source.LastIndexOf('/') + 1;
        return $"{source.AsSpan(0, slash)}__pycache__/{source.AsSpan(slash, source.Length - slash - 3)}.{interpreter.CacheTag}.pyc";
    }

    private string FolderOf(Sha256Digest digest, string format)
    {
        var hex = digest.ToString();
        return $"{_root}/{format}/{hex.AsSpan(0, 2)}/{hex}";
    }
}
