using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The interpreters that were downloaded, each once: <c>pythons/v1/NAME/</c>. One is made in a staging folder, tried, and renamed into place.
/// Safe between processes.
/// </summary>
public sealed class ManagedPythonStore
{
    private readonly string _cacheFolder;
    private readonly string _root;

    /// <summary>Uses the store below a cache folder; nothing is made before it is needed.</summary>
    public ManagedPythonStore(string cacheFolder)
    {
        _cacheFolder = cacheFolder;
        _root = RootOf(cacheFolder);
    }

    /// <summary>Whether an executable is one of the store's.</summary>
    public bool Holds(string executable) => executable.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The interpreter of an archive: from the store, or fetched, verified, unpacked and tried.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="mirror">Where it is.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DiagnosticException">It cannot be had, is refused or does not run, or the disk fails.</exception>
    public async Task<Interpreter> InstallAsync(PythonArchive archive, IPythonSource mirror, CancellationToken cancellationToken = default)
    {
        try
        {
            using var held = await ProcessLock.AcquireAsync(Path.Combine(_root, ".locks"), archive.Sha256.ToString(), waiting: null, cancellationToken).ConfigureAwait(false);
            using var lease = await StoreLease.AcquireAsync(_cacheFolder, [archive.Sha256], cancellationToken).ConfigureAwait(false);
            var folder = Path.Combine(_root, archive.Stem);
            if (ManagedPython.Read(folder)?.Digest != archive.Sha256)
                await AddAsync(archive, mirror, folder, foreign: null, cancellationToken).ConfigureAwait(false);
            return await new InterpreterFinder(_cacheFolder, new InterpreterPlaces()).FindAsync(request: folder, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }

    /// <summary>The interpreter of an archive for another machine: from the store, or fetched, verified and unpacked. It is not run.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="target">What it is for.</param>
    /// <param name="mirror">Where it is.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DiagnosticException">It cannot be had or is refused, or the disk fails.</exception>
    public async Task<ForeignPython> FetchAsync(PythonArchive archive, Target target, IPythonSource mirror, CancellationToken cancellationToken = default)
    {
        var root = ForeignRootOf(_cacheFolder);
        try
        {
            using var held = await ProcessLock.AcquireAsync(Path.Combine(_root, ".locks"), archive.Sha256.ToString(), waiting: null, cancellationToken).ConfigureAwait(false);
            var folder = Path.Combine(root, archive.Stem);
            if (ManagedPython.Read(folder)?.Digest != archive.Sha256)
                await AddAsync(archive, mirror, folder, target, cancellationToken).ConfigureAwait(false);
            return new(target, archive.Version, folder, archive.Sha256);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, root);
        }
    }

    /// <summary>The newest interpreter for another machine that was fetched before; null where there is none.</summary>
    /// <param name="target">What it is for.</param>
    public ForeignPython? FindForeign(Target target)
    {
        var root = ForeignRootOf(_cacheFolder);
        if (!Directory.Exists(root))
            return null;
        ForeignPython? best = null;
        foreach (var folder in Directory.EnumerateDirectories(root).Where(folder => !Path.GetFileName(folder).StartsWith('.')))
        {
            if (ManagedPython.Read(folder) is { } python && PythonArchive.OfStem(python.Name, python.Digest) is { } archive && archive.IsFor(target)
                && (best is null || archive.Version.CompareTo(best.Version) > 0))
            {
                best = new(target, archive.Version, folder, archive.Sha256);
            }
        }

        if (best is not null)
            UseStamp.ReadAndRenew(Path.Combine(best.Folder, ManagedPython.ManifestName));
        return best;
    }

    /// <summary>The folder whose folders are interpreters that do not run here.</summary>
    internal static string ForeignRootOf(string cacheFolder) => Path.Combine(Path.GetFullPath(cacheFolder), "pythons", "foreign");

    /// <summary>The folder whose folders are interpreters.</summary>
    internal static string RootOf(string cacheFolder) => Path.Combine(Path.GetFullPath(cacheFolder), "pythons", "v1");

    private static async Task AddAsync(PythonArchive archive, IPythonSource mirror, string folder, Target? foreign, CancellationToken cancellationToken)
    {
        using var staging = StagingFolder.Create(Path.Combine(Path.GetDirectoryName(folder)!, ".staging"));
        var packed = Path.Combine(staging.Path, "archive");
        var made = Path.Combine(staging.Path, archive.Stem);
        Directory.CreateDirectory(made);
        var file = new FileStream(packed, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0 });
        await using (file.ConfigureAwait(false))
        {
            await mirror.DownloadAsync(archive, file, cancellationToken).ConfigureAwait(false);
            file.Position = 0;
            var files = await Task.Run(() => new PythonUnpacker(archive, made).Unpack(file, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (foreign is null)
                await TryAsync(archive, made, cancellationToken).ConfigureAwait(false);
            else
                CheckMachine(archive, foreign, made);
            new ManagedPython(archive.Stem, archive.Sha256, made, files).Write(made);
        }

        if (Directory.Exists(folder))
            FolderRemoval.RemoveAtOnce(folder, Path.Combine(staging.Path, "old"));
        Directory.Move(made, folder);
    }

    /// <summary>What cannot be run is at least a program for that machine.</summary>
    private static void CheckMachine(PythonArchive archive, Target target, string folder)
    {
        var program = InterpreterLayer.ExecutableOf(target.Platform.IsWindows, target.Python.Major, target.Python.Minor, target.IsFreeThreaded);
        var path = Path.Combine(folder, program);
        var system = NativeSystem.Of(target);
        if (File.Exists(path))
        {
            using var file = File.OpenHandle(path);
            if (NativeImage.Read(file).Any(image => image.Format == system.Format && image.Machine == system.Machine))
                return;
        }

        throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
            InterpreterCodes.ArchiveRefused, $"The interpreter {archive.Name} is refused: its '{program}' is no program for {target.Platform.RuntimeIdentifier}.",
            remedy: "Name another mirror in VENVBUILD_PYTHON_MIRROR."));
    }

    /// <summary>Runs it before anybody sees it: an archive for another machine is found out here.</summary>
    private static async Task TryAsync(PythonArchive archive, string folder, CancellationToken cancellationToken)
    {
        var executable = Path.Combine(folder, OperatingSystem.IsWindows() ? "python.exe" : Path.Combine("bin", "python3"));
        var (answer, failure) = await InterpreterProbe.AskAsync(executable, TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
        var found = answer is null ? null : InterpreterCache.Parse(answer);
        if (found?.Version.Equals(archive.Version) == true && found.IsFreeThreaded == archive.IsFreeThreaded)
            return;
        throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
            InterpreterCodes.ArchiveRefused,
            $"The interpreter {archive.Name} does not work here: {failure ?? (found is null ? "what it says of itself cannot be read" : $"it says that it is {found.Version}")}.",
            remedy: "Install one with the system's means, or name another mirror in VENVBUILD_PYTHON_MIRROR."));
    }
}
