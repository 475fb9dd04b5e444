using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The installation of an interpreter as a layer, for machines that have none. What stands in it is what Python needs to run: no packages,
/// no headers, no tests, no bytecode. Whether it runs elsewhere is not guessed: it is tried from another place.
/// </summary>
internal static class InterpreterLayer
{
    // Installations whose folder belongs to the system: what Python needs there is spread over it.
    private static readonly string[] SystemPrefixes = ["/", "/usr", "/usr/local", "/opt/homebrew", "/opt/local"];
    private static readonly string[] LeftOutFolders = ["__pycache__", "site-packages", "test", "tests", "idlelib", "turtledemo", "include", "share", "pkgconfig", "Scripts", "Doc", "libs"];
    private static readonly string[] LeftOutSuffixes = [".a", ".pyc", ".lib", ".pdb"];

    /// <summary>Makes the layer of an interpreter for another machine in a folder: of an archive that is made to be put anywhere.</summary>
    /// <exception cref="DiagnosticException">The installation is none, or the disk fails.</exception>
    public static Layer Make(ForeignPython python, string folder, CancellationToken cancellationToken)
    {
        try
        {
            return Make(Installation.Of(python), folder, cancellationToken);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder);
        }
    }

    /// <summary>Makes the layer in a folder.</summary>
    /// <exception cref="DiagnosticException">The installation cannot run anywhere else, or the disk fails.</exception>
    public static async Task<Layer> MakeAsync(Interpreter interpreter, string folder, CancellationToken cancellationToken)
    {
        var installation = Installation.Of(interpreter);
        if (Array.Exists(SystemPrefixes, prefix => prefix == interpreter.BasePrefix) || interpreter.BasePrefix.Contains(".framework/", StringComparison.Ordinal))
            throw Refuse(installation, $"it is part of the system at '{interpreter.BasePrefix}', and needs what else is there");
        try
        {
            var layer = Make(installation, folder, cancellationToken);
            var executable = ExecutableOf(interpreter.IsWindows, interpreter.Major, interpreter.Minor, interpreter.IsFreeThreaded);
            await TryAsync(interpreter, layer, executable, cancellationToken).ConfigureAwait(false);
            return layer;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder);
        }
    }

    private static Layer Make(Installation installation, string folder, CancellationToken cancellationToken)
    {
        var files = Copy(installation, $"{folder}/{Layer.FolderOf(InstallScheme.Data)}", cancellationToken);
        if (files.Find(file => file.Path == installation.Executable) is not { } program)
            throw Refuse(installation, $"'{installation.Executable}' is not in '{installation.Prefix}'");
        var abi = installation.Abi;
        return new Layer
        {
            Digest = program.Sha256,
            FileName = $"python-{installation.Version}-{abi}-{abi}-{installation.PlatformTag}.whl",
            Name = PackageName.Parse("python"),
            Version = installation.Version,
            Root = InstallScheme.Platlib,
            DistInfo = $"python-{installation.Version}.dist-info",
            EntryPoints = [],
            Files = files,
            Folder = folder,
            IsInterpreter = true,
        };
    }

    /// <summary>Where the program is in such a layer.</summary>
    public static string ExecutableOf(bool isWindows, int major, int minor, bool isFreeThreaded) =>
        isWindows ? "python.exe" : FormattableString.Invariant($"bin/python{major}.{minor}{(isFreeThreaded ? "t" : "")}");

    private static List<LayerFile> Copy(Installation installation, string target, CancellationToken cancellationToken)
    {
        var files = new List<LayerFile>();
        var pending = new Stack<string>([installation.Prefix]);
        while (pending.TryPop(out var folder))
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = Path.GetRelativePath(installation.Prefix, entry.FullName).Replace('\\', '/');
                if (entry is DirectoryInfo)
                {
                    if (entry.LinkTarget is null && !LeftOutFolders.Contains(entry.Name, StringComparer.Ordinal) && !IsOfAnother(path, installation.LibraryName))
                        pending.Push(entry.FullName);
                }
                else if (IsNeeded(path, installation) && !IsForLinking(entry))
                {
                    var source = entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? entry.FullName;
                    files.Add(path.StartsWith("bin/", StringComparison.Ordinal)
                        ? Put(new MemoryStream(WithOwnLibrary(File.ReadAllBytes(source), installation.Prefix)), isExecutable: true, target, path)
                        : CopyFile(source, target, path));
                }
            }
        }

        files.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    /// <summary>Another minor's standard library beside this one, or what is built against it.</summary>
    private static bool IsOfAnother(string path, string own) =>
        path.StartsWith("lib/python", StringComparison.Ordinal) && path.IndexOf('/', 4) < 0 && path != $"lib/{own}"
        || path.StartsWith($"lib/{own}/config-", StringComparison.Ordinal);

    /// <summary>The name without a version by which programs are linked against libpython: they run by the other name.</summary>
    private static bool IsForLinking(FileSystemInfo entry) =>
        entry.LinkTarget is not null && entry.Name.StartsWith("libpython", StringComparison.Ordinal) && entry.Name.EndsWith(".so", StringComparison.Ordinal);

    /// <summary>Of bin, the program alone: the rest are scripts that hold a path, and other names of the program.</summary>
    private static bool IsNeeded(string path, Installation installation)
    {
        if (path == ManagedPython.ManifestName || LeftOutSuffixes.Any(suffix => path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)))
            return false;
        return installation.IsWindows || path == installation.Executable || path.StartsWith("lib/", StringComparison.Ordinal);
    }

    private static LayerFile CopyFile(string source, string target, string path)
    {
        var isExecutable = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(source) & UnixFileMode.UserExecute) != 0;
        using var input = File.OpenRead(source);
        return Put(input, isExecutable, target, path);
    }

    /// <summary>
    /// A program that finds libpython by its folder's absolute path (DT_RUNPATH of ELF) finds it beside itself instead. The path is a text that
    /// ends with a zero, so a shorter one takes its place and moves nothing.
    /// </summary>
    private static byte[] WithOwnLibrary(byte[] program, string prefix)
    {
        var old = System.Text.Encoding.UTF8.GetBytes($"\0{prefix}/lib\0");
        var relative = "\0$ORIGIN/../lib"u8;
        var at = program.AsSpan().StartsWith("\u007fELF"u8) && old.Length > relative.Length ? program.AsSpan().IndexOf(old) : -1;
        if (at >= 0)
        {
            program.AsSpan(at, old.Length).Clear();
            relative.CopyTo(program.AsSpan(at));
        }

        return program;
    }

    private static LayerFile Put(Stream input, bool isExecutable, string target, string path)
    {
        var destination = $"{target}/{path}";
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        using var output = LayerUnpacker.Create(destination, isExecutable, input.Length);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 << 10];
        for (int read; (read = input.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            output.Write(buffer, 0, read);
        }

        var size = output.Length;
        File.SetLastWriteTimeUtc(output.SafeFileHandle, LayerUnpacker.Timestamp);
        return new(InstallScheme.Data, path, size, Sha256Digest.FromBytes(hash.GetHashAndReset()), isExecutable);
    }

    private static async Task TryAsync(Interpreter interpreter, Layer layer, string executable, CancellationToken cancellationToken)
    {
        // The library that it really runs from is seen in its memory map, where there is one: its old folder is still there.
        const string program = """
            import sys, json, zlib, hashlib, encodings.idna
            print(sys.base_prefix)
            try:
                maps = open('/proc/self/maps').read().splitlines()
            except OSError:
                maps = []
            for name in {line.split(None, 5)[5] for line in maps if 'libpython' in line}:
                print(name)
            """;
        var root = $"{layer.Folder}/{Layer.FolderOf(InstallScheme.Data)}";
        var output = new System.Text.StringBuilder();
        var errors = new System.Text.StringBuilder();
        var result = await CliWrap.Cli.Wrap($"{root}/{executable}")
            .WithArguments(["-I", "-B", "-S", "-c", program])
            .WithEnvironmentVariables(InterpreterProbe.CleanEnvironment())
            .WithStandardOutputPipe(CliWrap.PipeTarget.ToStringBuilder(output))
            .WithStandardErrorPipe(CliWrap.PipeTarget.ToStringBuilder(errors))
            .WithValidation(CliWrap.CommandResultValidation.None)
            .ExecuteAsync(cancellationToken)
            .ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw Refuse(Installation.Of(interpreter), "moved to another folder, it does not start", errors.ToString());
        var real = ExecutableStamp.RealPathOf(root);
        foreach (var used in output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Path.GetFullPath(used) != Path.GetFullPath(root) && !ExecutableStamp.RealPathOf(used).StartsWith(real, StringComparison.Ordinal))
                throw Refuse(Installation.Of(interpreter), $"moved to another folder, it still uses '{used}'");
        }
    }

    private static DiagnosticException Refuse(Installation installation, string why, string? detail = null) => new(ExitCode.Usage, Diagnostic.Error(
        EnvironmentCodes.InterpreterNotPortable, $"{installation.Label} cannot be packed: {why}.",
        remedy: "Pack with an interpreter that has a folder of its own (python-build-standalone, pyenv), named with --python, or without --with-python.", detail: detail));

    /// <summary>An installation, of this machine or for another.</summary>
    private sealed record Installation(string Label, string Prefix, string LibraryName, bool IsWindows, PackageVersion Version, string Executable, string Abi, string PlatformTag)
    {
        public static Installation Of(Interpreter interpreter) => new(
            interpreter.ToString(), interpreter.BasePrefix, Path.GetFileName(interpreter.StandardLibrary), interpreter.IsWindows, interpreter.Version,
            ExecutableOf(interpreter.IsWindows, interpreter.Major, interpreter.Minor, interpreter.IsFreeThreaded), interpreter.ToTarget().Abi,
            interpreter.Platform.Replace('-', '_').Replace('.', '_'));

        public static Installation Of(ForeignPython python)
        {
            var target = python.Target;
            return new(
                $"Python {python.Version} for {target.Platform.RuntimeIdentifier}", python.Folder, Path.GetFileName(python.StandardLibrary), target.Platform.IsWindows, python.Version,
                ExecutableOf(target.Platform.IsWindows, target.Python.Major, target.Python.Minor, target.IsFreeThreaded), target.Abi, target.Platform.WheelTags[0]);
        }
    }
}
