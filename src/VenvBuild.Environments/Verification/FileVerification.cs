using System.Collections.Concurrent;
using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>The files of an environment, held one by one against what was put there, and whatever else is there.</summary>
internal sealed class FileVerification(InstalledEnvironment environment)
{
    private const int PieceLength = 128 << 10;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Dangerous = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.SetUser | UnixFileMode.SetGroup;

    private static readonly StringComparer Names = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private readonly ConcurrentDictionary<string, string?> _expected = new(Names);
    private readonly ConcurrentBag<EnvironmentFinding> _findings = [];
    private readonly List<string> _ownBytecode = [];
    private int _files;

    /// <summary>How many files were read.</summary>
    public int Count => _files;

    /// <summary>Modules that Python compiled itself and holds against their source.</summary>
    public IReadOnlyList<string> OwnBytecode => [.. _ownBytecode.Order(StringComparer.Ordinal)];

    public IReadOnlyList<EnvironmentFinding> Findings =>
        [.. _findings.DistinctBy(finding => (finding.Path, finding.Kind)).OrderBy(finding => finding.Path, StringComparer.Ordinal).ThenBy(finding => finding.Kind)];

    /// <summary>Notes that something at a place is no surprise.</summary>
    public void Expect(string place, string? owner) => _expected[place] = owner;

    /// <summary>Counts a file that is held against something else than its digest.</summary>
    public void CountOne() => Interlocked.Increment(ref _files);

    public void Find(EnvironmentFindingKind kind, string path, string message, string? owner) => _findings.Add(new(kind, path, message) { Distribution = owner });

    /// <summary>Finds what nothing brought. Links are not followed: one that should not be there is a finding as it stands.</summary>
    public void FindAdded(CancellationToken cancellationToken) => Walk(environment.Folder, "", cancellationToken);

    public bool CheckFile(string place, LayerFile file, string source, string owner, LayerRehash? rehash)
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

    public bool CheckBytes(string place, ReadOnlySpan<byte> content, bool isExecutable, string? owner)
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
    public FileInfo? Entry(string place, string? owner, string? source)
    {
        var info = new FileInfo($"{environment.Folder}/{place}");
        if (info.LinkTarget is { } target)
        {
            if (environment.Record.Link == LinkMode.Symlink && source is not null && target == source && File.Exists(source))
                return new(source);
            Find(EnvironmentFindingKind.Link, place, $"'{place}' is a link to '{target}'{(File.Exists(info.FullName) ? "" : ", where nothing is")}.", owner);
            return null;
        }

        if (info.Exists)
            return info;
        Find(EnvironmentFindingKind.Removed, place, $"'{place}' is gone{(owner is null ? "" : $", which {owner} brought")}.", owner);
        return null;
    }

    public bool CheckMode(FileInfo info, string place, bool isExecutable, string? owner)
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

    public Sha256Digest DigestOf(string path, long size, LayerRehash? rehash)
    {
        CountOne();
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

    public void CheckLink(string place, string target)
    {
        _expected[place] = null;
        var info = new FileInfo($"{environment.Folder}/{place}");
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
}
