using System.Collections.Concurrent;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Writes one environment into an empty folder: the frame (PEP 405), the layers' files, the commands and the RECORDs.</summary>
internal sealed class EnvironmentWriter(
    string folder, EnvironmentFrame frame, IReadOnlyList<Layer> layers, IReadOnlyDictionary<Sha256Digest, Layer> bytecode, FileLinker linker)
{
    /// <summary>What the environment's <c>.gitignore</c> holds: all of it is made, and nothing of it belongs to a repository.</summary>
    internal const string Ignored = "*\n";

    /// <summary>Changes with what is written (not linked) for the same layer: an environment that an earlier writer made is made anew.</summary>
    internal const int Revision = 1;

    /// <summary>The mode of what is written to be run, before the user's mask.</summary>
    internal const UnixFileMode CommandMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly VenvLayout _layout = frame.Layout;
    private readonly ConcurrentDictionary<string, (string Owner, Sha256Digest Content)> _commands = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether folders called <c>tests</c> of the distributions are left out.</summary>
    public bool LeavesOutTests { get; init; }

    /// <summary>Where what was asked for by its address came from.</summary>
    public EnvironmentOrigins? Origins { get; init; }

    /// <summary>Writes everything, and tells of it.</summary>
    public void WriteAll(string? prompt, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        WriteFrame(prompt);
        WriteLayers(layers, progress, cancellationToken);
    }

    /// <summary>Writes some of the layers, and tells of it. Of several causes that end the work, the one that can be repaired comes first.</summary>
    public void WriteLayers(IReadOnlyCollection<Layer> some, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var done = 0;
        var width = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 2, 8), CancellationToken = cancellationToken };
        try
        {
            // The largest first, so that none of them is begun last.
            Parallel.ForEach(Partitioner.Create(some.OrderByDescending(l => l.Files.Count), EnumerablePartitionerOptions.NoBuffering), width, layer =>
            {
                WriteLayer(layer, cancellationToken);
                progress?.Report(new(SyncPhase.Linking, Interlocked.Increment(ref done), some.Count, layer.Name.Value));
            });
        }
        catch (AggregateException e)
        {
            var causes = e.Flatten().InnerExceptions;
            var cause = causes.FirstOrDefault(c => c is DamagedLayerException) ?? causes.FirstOrDefault(c => c is DiagnosticException) ?? causes[0];
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
        }
    }

    /// <summary>Writes what is not packages: folders, pyvenv.cfg, activate scripts, and what leads to the interpreter.</summary>
    public void WriteFrame(string? prompt)
    {
        var scripts = Place(_layout.Scripts);
        Directory.CreateDirectory(scripts);
        // Made beforehand, or Python would make it at the first import and the folder would look changed.
        Directory.CreateDirectory(Place(_layout.SitePackages + "/__pycache__"));
        File.WriteAllText(Place(".gitignore"), Ignored);
        // An environment that has its interpreter in itself names no other; the file still keeps the user's own packages out.
        File.WriteAllText(Place("pyvenv.cfg"), (frame.Python is null ? $"home = {frame.Home}\n" : "") + $"include-system-site-packages = false\nversion = {frame.PythonVersion}\n"
            + (prompt is null ? "" : $"prompt = {prompt}\n"));
        foreach (var (name, text) in ActivateScripts.For(_layout))
            File.WriteAllText(Path.Combine(scripts, name), text);
        if (frame.Python is { } python)
        {
            WritePython(python, scripts);
            return;
        }

        if (_layout.IsWindows)
        {
            foreach (var name in (ReadOnlySpan<string>)["python.exe", "pythonw.exe"])
            {
                if (frame.LauncherOf(name) is { } launcher)
                    WriteExecutable(Path.Combine(scripts, name), File.ReadAllBytes(launcher));
            }

            return;
        }

        File.CreateSymbolicLink(Place(_layout.Executable), frame.Executable);
        foreach (var alias in _layout.Aliases)
            File.CreateSymbolicLink(Path.Combine(scripts, alias), "python");
        if (frame.HasLib64)
            File.CreateSymbolicLink(Place("lib64"), "lib");
    }

    /// <summary>Python itself. Its other names are scripts, not links: a folder of plain files survives every way of copying.</summary>
    private void WritePython(Layer python, string scripts)
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in python.Files)
            Link(python, file, file.Path, made);
        File.WriteAllBytes(Place(EnvironmentRecord.PythonName), LayerManifest.ToBytes(python));
        if (_layout.IsWindows)
            return;
        var program = _layout.Aliases[^1];
        foreach (var name in _layout.Aliases.SkipLast(1).Prepend("python"))
            WriteExecutable(Path.Combine(scripts, name), CommandScript.ToSibling(program));
    }

    private void WriteLayer(Layer layer, CancellationToken cancellationToken)
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        var record = new StringBuilder(layer.Files.Count * 120);
        foreach (var (file, place) in LayerPlaces.Of(layer, layer.Files, _layout))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (LeavesOutTests && LayerPlaces.IsTest(file))
                continue;
            if (!LayerStore.IsIntact(layer, file))
                throw new DamagedLayerException(layer, file);
            if (LayerPlaces.IsRewritten(file, _layout))
            {
                WriteCommand(layer, place, CommandScript.Rewrite(File.ReadAllBytes(layer.PathOf(file))), record);
                continue;
            }

            Link(layer, file, place, made);
            RecordFile.AppendRow(record, _layout.RecordPath(place), file.Sha256, file.Size);
        }

        if (bytecode.GetValueOrDefault(layer.Digest) is { } compiled)
        {
            foreach (var (file, place) in LayerPlaces.Of(layer, compiled.Files, _layout))
            {
                if (LeavesOutTests && LayerPlaces.IsTest(file))
                    continue;
                if (!LayerStore.IsIntact(compiled, file))
                    throw new DamagedLayerException(compiled, file);
                Link(compiled, file, place, made);
                RecordFile.AppendRow(record, _layout.RecordPath(place));
            }
        }

        foreach (var point in layer.EntryPoints)
            WriteEntryPoint(layer, point, record);
        if (Origins?.FileOf(layer) is { } origin)
        {
            var path = EnvironmentOrigins.PlaceIn(layer.DistInfo);
            WriteStamped(Place($"{_layout.SitePackages}/{path}"), origin);
            RecordFile.AppendRow(record, path, Sha256Digest.Of(origin), origin.Length);
        }

        WriteRecord(layer, record);
    }

    private void Link(Layer layer, LayerFile file, string place, HashSet<string> made)
    {
        var target = Place(place);
        var parent = Path.GetDirectoryName(target)!;
        if (made.Add(parent))
            Directory.CreateDirectory(parent);
        if (place.StartsWith(_layout.Scripts, StringComparison.Ordinal) && place.Length > _layout.Scripts.Length && place[_layout.Scripts.Length] == '/')
        {
            if (Claim(layer, place, file.Sha256))
                TryLink(layer, file, target);
            return;
        }

        if (!TryLink(layer, file, target))
            Settle(layer, file, place);
    }

    private bool TryLink(Layer layer, LayerFile file, string target)
    {
        try
        {
            return linker.TryLink(layer.PathOf(file), target, file.IsExecutable);
        }
        catch (FileNotFoundException) when (!File.Exists(layer.PathOf(file)))
        {
            // Another run found the layer damaged and took it out just now.
            throw new DamagedLayerException(layer, file);
        }
    }

    /// <summary>Two wheels bring one file: fine when it is the same.</summary>
    private void Settle(Layer layer, LayerFile file, string place)
    {
        foreach (var other in layers)
        {
            var theirs = bytecode.GetValueOrDefault(other.Digest) is { } compiled ? other.Files.Concat(compiled.Files) : other.Files;
            foreach (var rival in theirs)
            {
                if (!ReferenceEquals(rival, file) && string.Equals(_layout.PlaceOf(other, rival.Scheme, rival.Path), place, StringComparison.OrdinalIgnoreCase))
                {
                    if (rival.Sha256 != file.Sha256)
                        throw Conflict(place, layer.FileName, other.FileName);
                    return;
                }
            }
        }

        throw Conflict(place, layer.FileName, "the environment itself");
    }

    private void WriteEntryPoint(Layer layer, EntryPoint point, StringBuilder record)
    {
        if (!_layout.IsWindows)
        {
            WriteCommand(layer, $"{_layout.Scripts}/{point.Name}", CommandScript.Of(point), record);
            return;
        }

        var launcher = WindowsLauncher.Find(frame.StandardLibraries, layers, frame.Machine, point.IsGui)
            ?? throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                EnvironmentCodes.InterpreterDoesNotFit, $"No Python here carries launchers for Windows on {frame.Machine} (Lib/ensurepip), so the command '{point.Name}' cannot be made.",
                remedy: "Install Python with its pip component, or ask for pip in pyenv.yaml: its wheel carries them."));
        WriteCommand(layer, $"{_layout.Scripts}/{point.Name}.exe", WindowsLauncher.Of(point, launcher, frame.Python is null ? "" : @"..\"), record);
    }

    private void WriteCommand(Layer layer, string place, byte[] content, StringBuilder record)
    {
        var digest = Sha256Digest.Of(content);
        if (Claim(layer, place, digest))
            WriteExecutable(Place(place), content);
        RecordFile.AppendRow(record, _layout.RecordPath(place), digest, content.Length);
    }

    private static void WriteExecutable(string path, byte[] content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = CommandMode;

        using var file = new FileStream(path, options);
        file.Write(content);
        File.SetLastWriteTimeUtc(file.SafeFileHandle, LayerUnpacker.Timestamp);
    }

    /// <summary>Writes a file that bears the time of the store's files, so that an edit of it shows by its time, too.</summary>
    private static void WriteStamped(string path, byte[] content)
    {
        using var file = File.Create(path, bufferSize: 0);
        file.Write(content);
        File.SetLastWriteTimeUtc(file.SafeFileHandle, LayerUnpacker.Timestamp);
    }

    /// <summary>Whether this layer is the first to bring the command; another may bring the same bytes.</summary>
    private bool Claim(Layer layer, string place, Sha256Digest content)
    {
        var (owner, theirs) = _commands.GetOrAdd(place, (layer.FileName, content));
        if (theirs != content)
            throw Conflict(place, layer.FileName, owner);
        return ReferenceEquals(owner, layer.FileName);
    }

    /// <summary>
    /// RECORD as it is after the install (binary distribution format). REQUESTED (PEP 376) is not written: who asked for what belongs to
    /// the manifest, and two manifests that resolve alike share one environment.
    /// </summary>
    private void WriteRecord(Layer layer, StringBuilder record)
    {
        RecordFile.AppendRow(record, layer.DistInfo + "/RECORD");
        WriteStamped(Place($"{_layout.SitePackages}/{layer.DistInfo}/RECORD"), Encoding.UTF8.GetBytes(record.ToString()));
    }

    private string Place(string place) => $"{folder}/{place}";

    private static DiagnosticException Conflict(string place, string one, string other)
    {
        var (first, second) = string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
        return new(ExitCode.Integrity, Diagnostic.Error(
            EnvironmentCodes.WheelsConflict, $"Both {first} and {second} bring the file '{place}', and the two differ.",
            remedy: "One of them would break the other: exclude one in pyenv.yaml, or ask for versions that do not collide."));
    }
}
