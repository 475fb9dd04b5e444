using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Holds an installed environment against what was installed: every file that layers and the tool itself put there, and whatever else is there.
/// Nothing is run, nothing of the environment is believed for its own word alone, and nobody is asked over the network.
/// </summary>
/// <remarks>
/// The lists of files come from this machine's store; where it has not got a layer (pruned, or another machine), from the environment's own
/// RECORD. With a description (an environment that came from elsewhere), the digest of every layer is computed anew from list and files, so
/// that the two are proven whoever kept the list. Modules that Python compiled itself are told apart: Python holds those against their source's
/// time and size, or its hash; one that it would take unchecked is a finding.
/// </remarks>
public sealed class EnvironmentVerification
{
    private const int PieceLength = 128 << 10;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Dangerous = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.SetUser | UnixFileMode.SetGroup;

    private static readonly StringComparer Names = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private readonly string _folder;
    private readonly EnvironmentRecord _record;
    private readonly EnvironmentManifest? _manifest;
    private readonly VenvLayout _layout;
    private readonly string _cacheFolder;
    private readonly ConcurrentDictionary<string, string?> _expected = new(Names);
    private readonly ConcurrentBag<EnvironmentFinding> _findings = [];
    private readonly ConcurrentBag<Layer> _layers = [];
    private readonly List<string> _ownBytecode = [];
    private readonly bool _hasPython;
    private readonly bool _hasNoTests;
    private int _files;

    private EnvironmentVerification(string folder, string cacheFolder)
    {
        (_folder, _cacheFolder) = (folder, cacheFolder);
        _record = EnvironmentRecord.Read(folder);
        _manifest = EnvironmentRecord.ReadBytes(folder, EnvironmentRecord.ManifestName) is { } bytes ? EnvironmentManifest.Read(bytes, Path.Combine(folder, EnvironmentRecord.ManifestName)) : null;
        var target = _record.Plan.Target;
        _layout = new(target.Platform.IsWindows, target.Python.Major, target.Python.Minor, target.IsFreeThreaded);
        _hasPython = _record.Form.Contains(SyncOptions.PythonForm, StringComparison.Ordinal);
        _hasNoTests = _record.Form.Contains(SyncOptions.TestsForm, StringComparison.Ordinal);
    }

    /// <summary>Holds an environment against what was installed.</summary>
    /// <param name="path">The environment's folder.</param>
    /// <param name="cacheFolder">The cache, whose store may have the lists of files.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">
    /// It is no environment of this tool (exit code 2); what it says of itself contradicts itself, or its description is refused (exit code 4);
    /// it cannot be read.
    /// </exception>
    public static EnvironmentProof Run(string path, string cacheFolder, CancellationToken cancellationToken = default)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            return new EnvironmentVerification(folder, cacheFolder).Run(cancellationToken);
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions is [var only, ..])
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(StorageFault.IsStorage(only) ? StorageFault.Explain(only, folder) : only);
            throw;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder);
        }
    }

    private EnvironmentProof Run(CancellationToken cancellationToken)
    {
        var plan = _record.Plan;
        if (plan.Key.ToString() != _record.Key)
            throw EnvironmentRecord.Refuse(_folder, $"it says that its key is {_record.Key}, and its wheels, target and options make {plan.Key}");
        if (_manifest is not null && _manifest.Key != plan.Key)
            throw EnvironmentRecord.Refuse(_folder, $"its description is of the environment {_manifest.Key}, and it says that it is {plan.Key}");
        foreach (var own in (ReadOnlySpan<string>)[EnvironmentState.FileName, EnvironmentRecord.ManifestName, EnvironmentRecord.SignaturesName])
            _expected[own] = null;
        var width = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 2, 8), CancellationToken = cancellationToken };
        Parallel.ForEach(Partitioner.Create(plan.Wheels, EnumerablePartitionerOptions.NoBuffering), width, wheel => CheckWheel(wheel, cancellationToken));
        // Commands of Windows are made of launchers that may be in one of the layers.
        foreach (var layer in _layers)
            CheckCommands(layer);
        CheckFrame(cancellationToken);
        Walk(_folder, "", cancellationToken);
        var signatures = EnvironmentRecord.ReadBytes(_folder, EnvironmentRecord.SignaturesName);
        return new()
        {
            Path = _folder,
            Plan = plan,
            // What was made here for another machine describes itself, and came from nobody who could have signed it.
            Manifest = _record.IsForElsewhere && signatures is null ? null : _manifest,
            Signatures = signatures is null ? default(ReadOnlyMemory<byte>?) : signatures,
            Interpreter = _hasPython ? null : _record.Executable,
            Files = _files,
            OwnBytecode = [.. _ownBytecode.Order(StringComparer.Ordinal)],
            Findings = [.. _findings.DistinctBy(finding => (finding.Path, finding.Kind)).OrderBy(finding => finding.Path, StringComparer.Ordinal).ThenBy(finding => finding.Kind)],
        };
    }

    private void CheckWheel(PlannedWheel wheel, CancellationToken cancellationToken)
    {
        var owner = $"{wheel.Name} {wheel.Version}";
        var asked = _manifest?.Layers.First(layer => layer.Kind == LayerKind.Wheel && layer.WheelSha256 == wheel.Sha256);
        var stored = Stored(wheel, asked);
        if ((asked?.Wheel.Text ?? stored?.FileName ?? wheel.File.Text) != wheel.File.Text)
            throw EnvironmentRecord.Refuse(_folder, $"it says that it holds {wheel.File.Text}, and that is another wheel");
        var installed = stored is null || (_record.Plan.HasBytecode && Bytecode(wheel, stored) is null) ? new InstalledRecord(_folder, _layout, wheel).Read() : null;
        if ((stored ?? installed?.Layer) is not { } layer)
        {
            Find(EnvironmentFindingKind.Unproven, _layout.SitePackages, $"What {owner} consists of is not known: this machine's store has not got it, and its RECORD is gone or cannot be read.", owner);
            return;
        }

        if (stored is not null)
            _layers.Add(stored);
        else
            ExpectCommands(layer);
        CheckLayer(layer, layer, owner, asked, isFromStore: stored is not null, cancellationToken);
        var (bytecode, isBytecodeStored) = Bytecode(wheel, layer) is { } kept ? (kept, true) : (installed?.Bytecode, false);
        if (bytecode is not null)
        {
            var named = _manifest?.Layers.FirstOrDefault(other => other.Kind == LayerKind.Bytecode && other.WheelSha256 == wheel.Sha256);
            // Bytecode that this machine compiled is not the description's to name.
            CheckLayer(bytecode, layer, owner, isBytecodeStored && !IsReceived(named, bytecode) ? null : named, isBytecodeStored, cancellationToken);
        }

        CheckRecord(layer, bytecode, stored is not null, owner);
    }

    /// <summary>The layer of this machine's store, where it is the one that the environment was made of.</summary>
    private Layer? Stored(PlannedWheel wheel, LayerReference? asked)
    {
        var own = new LayerStore(_cacheFolder).Find(wheel.Sha256);
        if (asked is null)
            return own;
        return new ReceivedLayerStore(_cacheFolder).Find(asked) ?? (own is not null && new LayerDigests(_cacheFolder).FindDigest(own) == asked.Digest ? own : null);
    }

    /// <summary>The bytecode of this machine's store that the environment was given: that of the Python whose number its files begin with.</summary>
    private Layer? Bytecode(PlannedWheel wheel, Layer layer)
    {
        if (!_record.Plan.HasBytecode)
            return null;
        var candidates = new BytecodeStore(_cacheFolder).FindAll(wheel.Sha256).ToList();
        if (_manifest?.Layers.FirstOrDefault(other => other.Kind == LayerKind.Bytecode && other.WheelSha256 == wheel.Sha256) is { } named
            && new ReceivedLayerStore(_cacheFolder).Find(named) is { } received)
        {
            candidates.Insert(0, received);
        }

        return candidates.Find(candidate => candidate.Files.Count == 0
            || candidate.Files.Any(file => MagicOf(_layout.PlaceOf(layer, file.Scheme, file.Path)) == candidate.Bytecode!.Magic));
    }

    private bool IsReceived(LayerReference? named, Layer bytecode) => named is not null && new ReceivedLayerStore(_cacheFolder).Find(named)?.Folder == bytecode.Folder;

    private string? MagicOf(string place)
    {
        var path = $"{_folder}/{place}";
        if (!File.Exists(path))
            return null;
        var magic = new byte[4];
        using var file = File.OpenHandle(path);
        return RandomAccess.Read(file, magic, 0) == magic.Length ? Convert.ToHexStringLower(magic) : null;
    }

    private void CheckLayer(Layer layer, Layer wheel, string owner, LayerReference? asked, bool isFromStore, CancellationToken cancellationToken)
    {
        using var rehash = asked is null ? null : new LayerRehash(layer);
        var isRight = true;
        foreach (var (file, place) in LayerPlaces.Of(wheel, layer.Files, _layout))
        {
            cancellationToken.ThrowIfCancellationRequested();
            rehash?.Begin(file);
            if (_hasNoTests && LayerPlaces.IsTest(file))
                rehash?.Miss();
            else if (LayerPlaces.IsRewritten(file, _layout))
                isRight &= CheckScript(layer, file, place, owner, rehash);
            else
                isRight &= CheckFile(place, file, layer.PathOf(file), owner, rehash);
            rehash?.End(file);
        }

        if (isRight && rehash is { IsWhole: true } && rehash.Finish() is var digest && digest != asked!.Digest)
        {
            Find(
                EnvironmentFindingKind.Changed, $"{_layout.SitePackages}/{wheel.DistInfo}/RECORD",
                $"The files of {owner} and their list do not make the layer that the description names (sha256:{asked.Digest}), but sha256:{digest}.", owner);
        }
        else if (!isFromStore && (asked is null || (isRight && rehash is not { IsWhole: true })))
        {
            Find(
                EnvironmentFindingKind.Unproven, $"{_layout.SitePackages}/{wheel.DistInfo}/RECORD",
                $"{(layer.Bytecode is null ? "The files" : "The compiled modules")} of {owner} were held against its own RECORD alone: this machine's store has not got them, and nothing else names them.", owner);
        }
    }

    /// <summary>A script whose first line was replaced: what stood there is in the store.</summary>
    private bool CheckScript(Layer layer, LayerFile file, string place, string owner, LayerRehash? rehash)
    {
        var source = layer.PathOf(file);
        var original = File.Exists(source) ? File.ReadAllBytes(source) : null;
        if (original is null || Sha256Digest.Of(original) != file.Sha256)
        {
            rehash?.Miss();
            return original is null && CheckFile(place, file, source, owner, null);
        }

        rehash?.Append(original);
        return CheckBytes(place, CommandScript.Rewrite(original), isExecutable: true, owner);
    }

    private bool CheckFile(string place, LayerFile file, string source, string owner, LayerRehash? rehash)
    {
        _expected[place] = owner;
        if (Entry(place, owner, source) is not { } info)
        {
            rehash?.Miss();
            return false;
        }

        var isRight = CheckMode(info, place, file.IsExecutable, owner);
        if (info.Length == file.Size && DigestOf(info.FullName, file.Size, rehash) == file.Sha256)
            return isRight;
        Find(EnvironmentFindingKind.Changed, place, $"'{place}' is not the file that {owner} brought.", owner);
        rehash?.Miss();
        return false;
    }

    private bool CheckBytes(string place, ReadOnlySpan<byte> content, bool isExecutable, string? owner)
    {
        _expected[place] = owner;
        if (Entry(place, owner, null) is not { } info)
            return false;
        var isRight = CheckMode(info, place, isExecutable, owner);
        if (info.Length == content.Length && DigestOf(info.FullName, content.Length, null) == Sha256Digest.Of(content))
            return isRight;
        Find(EnvironmentFindingKind.Changed, place, $"'{place}' is not what dotnet pyenv wrote.", owner);
        return false;
    }

    /// <summary>The file at a place, followed where it should be a link into the store; null, and found, where there is none.</summary>
    private FileInfo? Entry(string place, string? owner, string? source)
    {
        var info = new FileInfo($"{_folder}/{place}");
        if (info.LinkTarget is { } target)
        {
            if (_record.Link == LinkMode.Symlink && source is not null && target == source && File.Exists(source))
                return new(source);
            Find(EnvironmentFindingKind.Link, place, $"'{place}' is a link to '{target}'{(File.Exists(info.FullName) ? "" : ", where nothing is")}.", owner);
            return null;
        }

        if (info.Exists)
            return info;
        Find(EnvironmentFindingKind.Removed, place, $"'{place}' is gone{(owner is null ? "" : $", which {owner} brought")}.", owner);
        return null;
    }

    private bool CheckMode(FileInfo info, string place, bool isExecutable, string? owner)
    {
        if (OperatingSystem.IsWindows())
            return true;
        var mode = info.UnixFileMode;
        var why = (mode & Dangerous) != 0 ? "may be written by others, or runs with its owner's rights"
            : (mode & UnixFileMode.UserExecute) != 0 && !isExecutable ? "may be run, and could not be"
            : (mode & Executable) == 0 && isExecutable ? "may not be run any more" : null;
        if (why is null)
            return true;
        Find(EnvironmentFindingKind.Mode, place, $"'{place}' {why} (mode {Convert.ToString((int)mode, 8)}).", owner);
        return false;
    }

    private Sha256Digest DigestOf(string path, long size, LayerRehash? rehash)
    {
        Interlocked.Increment(ref _files);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (size == 0)
            return Sha256Digest.FromBytes(hash.GetHashAndReset());
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var piece = System.Buffers.ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            for (var at = 0L; RandomAccess.Read(file, piece, at) is var read and > 0; at += read)
            {
                hash.AppendData(piece, 0, read);
                rehash?.Append(piece.AsSpan(0, read));
            }

            return Sha256Digest.FromBytes(hash.GetHashAndReset());
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private void CheckCommands(Layer layer)
    {
        var owner = $"{layer.Name} {layer.Version}";
        foreach (var point in layer.EntryPoints)
        {
            if (!_layout.IsWindows)
            {
                CheckBytes($"{_layout.Scripts}/{point.Name}", CommandScript.Of(point), isExecutable: true, owner);
                continue;
            }

            var place = $"{_layout.Scripts}/{point.Name}.exe";
            var library = Path.Combine(Path.GetDirectoryName(_record.Executable) ?? "", "Lib");
            _expected[place] = owner;
            if (_record.Launchers?.TryGetValue(place, out var noted) == true)
                CheckLauncher(place, noted, owner);
            else if (WindowsLauncher.Find([library], [.. _layers], _record.Plan.Target.Platform.PlatformMachine, point.IsGui) is { } launcher)
                CheckBytes(place, WindowsLauncher.Of(point, launcher, _hasPython ? @"..\" : ""), isExecutable: true, owner);
            else
                Find(EnvironmentFindingKind.Unproven, place, $"'{place}' cannot be checked: the launcher that it was made of is not here.", owner);
        }
    }

    /// <summary>A launcher whose digest was noted when the environment was made, for a machine that has not got what it was made of.</summary>
    private void CheckLauncher(string place, Sha256Digest noted, string? owner)
    {
        _expected[place] = owner;
        if (Entry(place, owner, null) is { } info && DigestOf(info.FullName, info.Length, null) != noted)
            Find(EnvironmentFindingKind.Changed, place, $"'{place}' is not what dotnet pyenv wrote.", owner);
    }

    /// <summary>Of a layer that only RECORD tells, the commands are written anew from its entry points, which are proven with it.</summary>
    private void ExpectCommands(Layer layer)
    {
        if (!_layout.IsWindows)
            CheckCommands(layer);
        else
            _layers.Add(layer);
    }

    /// <summary>RECORD lists what was installed, and importlib believes it.</summary>
    private void CheckRecord(Layer layer, Layer? bytecode, bool isFromStore, string owner)
    {
        var place = $"{_layout.SitePackages}/{layer.DistInfo}/RECORD";
        _expected[place] = owner;
        if (HasOrigin(layer))
            _expected[OriginOf(layer)] = owner;
        if (Entry(place, owner, null) is not { } info || !CheckMode(info, place, isExecutable: false, owner) || !isFromStore)
            return;
        Interlocked.Increment(ref _files);
        var expected = new StringBuilder();
        foreach (var (file, at) in LayerPlaces.Of(layer, layer.Files, _layout))
        {
            if (_hasNoTests && LayerPlaces.IsTest(file))
                continue;
            if (LayerPlaces.IsRewritten(file, _layout))
                AppendWritten(expected, at);
            else
                RecordFile.AppendRow(expected, _layout.RecordPath(at), file.Sha256, file.Size);
        }

        foreach (var (file, at) in LayerPlaces.Of(layer, bytecode?.Files ?? [], _layout))
        {
            if (!_hasNoTests || !LayerPlaces.IsTest(file))
                RecordFile.AppendRow(expected, _layout.RecordPath(at));
        }

        foreach (var point in layer.EntryPoints)
            AppendWritten(expected, $"{_layout.Scripts}/{point.Name}{(_layout.IsWindows ? ".exe" : "")}");
        if (HasOrigin(layer))
            AppendWritten(expected, OriginOf(layer));
        RecordFile.AppendRow(expected, layer.DistInfo + "/RECORD");
        var text = info.Length <= WheelLimits.Default.MaxMetadataBytes ? File.ReadAllText(info.FullName) : "";
        // Without its bytecode's list, the rows of bytecode are anyone's.
        var isRight = bytecode is not null || !_record.Plan.HasBytecode
            ? text == expected.ToString()
            : Array.TrueForAll(expected.ToString().Split('\n'), text.Split('\n').ToHashSet(StringComparer.Ordinal).Contains);
        if (!isRight)
            Find(EnvironmentFindingKind.Changed, place, $"'{place}' does not list what {owner} brought.", owner);
    }

    /// <summary>Whether the installer said where the distribution came from; what that says is nobody's code.</summary>
    private bool HasOrigin(Layer layer) => _record.Form.Contains(SyncOptions.OriginsForm, StringComparison.Ordinal) && File.Exists($"{_folder}/{OriginOf(layer)}");

    private string OriginOf(Layer layer) => $"{_layout.SitePackages}/{EnvironmentOrigins.PlaceIn(layer.DistInfo)}";

    /// <summary>The row of a file that the installer wrote, and that is checked where it stands.</summary>
    private void AppendWritten(StringBuilder record, string place)
    {
        var path = $"{_folder}/{place}";
        if (File.Exists(path))
            RecordFile.AppendRow(record, _layout.RecordPath(place), DigestOf(path, new FileInfo(path).Length, null), new FileInfo(path).Length);
    }

    private void CheckFrame(CancellationToken cancellationToken)
    {
        CheckBytes(".gitignore", Encoding.ASCII.GetBytes(EnvironmentWriter.Ignored), isExecutable: false, null);
        foreach (var (name, text) in ActivateScripts.For(_layout))
            CheckBytes($"{_layout.Scripts}/{name}", Encoding.UTF8.GetBytes(text), isExecutable: false, null);
        CheckConfiguration();
        if (_hasPython)
            CheckPython(cancellationToken);
        else if (_layout.IsWindows)
            CheckLaunchers();
        else
            CheckLinks();
    }

    private void CheckConfiguration()
    {
        const string place = "pyvenv.cfg";
        _expected[place] = null;
        if (Entry(place, null, null) is not { } info || !CheckMode(info, place, isExecutable: false, null))
            return;
        var home = _hasPython ? null : _record.Home;
        var lines = info.Length < 1 << 16 ? File.ReadAllText(info.FullName).TrimEnd('\n').Split('\n') : [];
        var expected = (home is null ? [] : new[] { $"home = {home}" }).Concat(["include-system-site-packages = false", $"version = {_record.Python}"]).ToArray();
        // The prompt is a matter of taste.
        var isRight = lines.Length >= expected.Length && lines.AsSpan(0, expected.Length).SequenceEqual(expected)
            && (lines.Length == expected.Length || (lines.Length == expected.Length + 1 && lines[^1].StartsWith("prompt = ", StringComparison.Ordinal)));
        if (!isRight)
            Find(EnvironmentFindingKind.Changed, place, "'pyvenv.cfg' is not what dotnet pyenv wrote: it decides which Python runs, and what it sees.", null);
    }

    private void CheckLinks()
    {
        CheckLink(_layout.Executable, _record.Executable);
        foreach (var alias in _layout.Aliases)
            CheckLink($"{_layout.Scripts}/{alias}", "python");
        if (Path.Exists($"{_folder}/lib64") || new FileInfo($"{_folder}/lib64").LinkTarget is not null)
            CheckLink("lib64", "lib");
    }

    private void CheckLink(string place, string target)
    {
        _expected[place] = null;
        var info = new FileInfo($"{_folder}/{place}");
        if (info.LinkTarget is { } actual)
        {
            if (actual != target)
                Find(EnvironmentFindingKind.Link, place, $"'{place}' leads to '{actual}', and led to '{target}'.", null);
        }
        else if (info.Exists)
        {
            Find(EnvironmentFindingKind.Link, place, $"'{place}' is a file, and was a link to '{target}'.", null);
        }
        else
        {
            Find(EnvironmentFindingKind.Removed, place, $"'{place}' is gone, which led to '{target}'.", null);
        }
    }

    private void CheckLaunchers()
    {
        foreach (var name in (ReadOnlySpan<string>)["python.exe", "pythonw.exe"])
        {
            var place = $"{_layout.Scripts}/{name}";
            var source = Path.Combine(Path.GetDirectoryName(_record.Executable) ?? "", "Lib", "venv", "scripts", "nt", name);
            if (_record.Launchers is { } launchers)
            {
                // One that is not noted was not made: no Python for Windows was at hand.
                if (launchers.TryGetValue(place, out var noted))
                    CheckLauncher(place, noted, null);
                continue;
            }

            _expected[place] = null;
            if (File.Exists(source))
                CheckBytes(place, File.ReadAllBytes(source), isExecutable: true, null);
            else
                Find(EnvironmentFindingKind.Unproven, place, $"'{place}' cannot be checked: the Python that it was taken from is not here.", null);
        }
    }

    /// <summary>Python as part of the environment, by the list that was made when it was put there.</summary>
    private void CheckPython(CancellationToken cancellationToken)
    {
        const string owner = "Python";
        _expected[EnvironmentRecord.PythonName] = null;
        var list = EnvironmentRecord.ReadBytes(_folder, EnvironmentRecord.PythonName);
        if (list is null || LayerManifest.Read(list, $"{_folder}/{EnvironmentRecord.Prefix}.none") is not { IsInterpreter: true } python)
        {
            Find(EnvironmentFindingKind.Unproven, EnvironmentRecord.PythonName, "The list of the files of Python itself is gone, or cannot be read.", owner);
            return;
        }

        foreach (var file in python.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckFile(file.Path, file, "", owner, null);
        }

        foreach (var name in _layout.IsWindows ? [] : _layout.Aliases.SkipLast(1).Prepend("python"))
            CheckBytes($"{_layout.Scripts}/{name}", CommandScript.ToSibling(_layout.Aliases[^1]), isExecutable: true, owner);
    }

    /// <summary>Finds what nothing brought. Links are not followed: one that should not be there is a finding as it stands.</summary>
    private void Walk(string folder, string below, CancellationToken cancellationToken)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var place = below + entry.Name;
            if (entry is DirectoryInfo && entry.LinkTarget is null)
                Walk(entry.FullName, place + "/", cancellationToken);
            else if (_expected.ContainsKey(place))
                continue;
            else if (entry.LinkTarget is { } target)
                Find(EnvironmentFindingKind.Added, place, $"'{place}' is a link to '{target}' that nothing brought.", null);
            else if (IsOwnBytecode(entry.FullName, place))
                _ownBytecode.Add(place);
            else
                Find(EnvironmentFindingKind.Added, place, $"'{place}' is there, and nothing brought it.", null);
        }
    }

    /// <summary>
    /// Whether Python made the file of a module that belongs to the environment, and holds it against the module each time: by time and size, or
    /// by a hash that it checks (PEP 552).
    /// </summary>
    private bool IsOwnBytecode(string path, string place)
    {
        const string folder = "__pycache__/";
        var at = place.LastIndexOf('/') + 1;
        if (!place.EndsWith(".pyc", StringComparison.Ordinal) || at < folder.Length || !place.AsSpan(0, at).EndsWith(folder))
            return false;
        var dot = place.IndexOf('.', at);
        if (!_expected.ContainsKey($"{place[..(at - folder.Length)]}{place[at..dot]}.py"))
            return false;
        Span<byte> head = stackalloc byte[8];
        using var file = File.OpenHandle(path);
        return RandomAccess.Read(file, head, 0) == head.Length && BitConverter.ToUInt32(head[4..]) is 0 or 3;
    }

    private void Find(EnvironmentFindingKind kind, string path, string message, string? owner) => _findings.Add(new(kind, path, message) { Distribution = owner });
}
