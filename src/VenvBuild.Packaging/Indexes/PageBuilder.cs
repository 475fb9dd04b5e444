using System.Globalization;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>Gathers the files of a page. What repeats from file to file (versions, tags, Requires-Python, reasons) is read once.</summary>
internal sealed class PageBuilder(Uri baseUrl, PackageName? project)
{
    private const int MaxFileName = 255, MaxSpecifiers = 1024;

    // The newest interface this reads: 1.4 added the project status.
    private const int ApiMajor = 1, ApiMinor = 4;

    private readonly List<IndexFile> _files = [];
    private readonly List<string> _warnings = [];
    private readonly FileNameCache _names = new();
    private readonly PageAddresses _addresses = new(baseUrl);
    private readonly Dictionary<string, VersionSpecifiers?> _specifiers = new(StringComparer.Ordinal);
    private byte[] _lastSpecifiersText = [];
    private VersionSpecifiers? _lastSpecifiers;
    private byte[] _lastReasonText = [];
    private string _lastReason = "";
    private int _skipped;

    public PackageName? Project => project;

    public string? ApiVersion { get; private set; }

    public ProjectStatus Status { get; private set; }

    public string? StatusReason { get; set; }

    public List<PackageVersion> Versions { get; } = [];

    /// <summary>Takes <c>base href</c> for the addresses that follow.</summary>
    public void Rebase(ReadOnlySpan<byte> href) => _addresses.Rebase(href);

    public void Skip() => _skipped++;

    /// <summary>Says why the version of the interface cannot be read, or null.</summary>
    public string? SetApiVersion(ReadOnlySpan<byte> utf8)
    {
        var text = PageText.Clean(utf8);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0
            || !int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            return $"'{text}' is no version of the index interface (PEP 629).";
        }

        if (major != ApiMajor)
            return $"The index speaks version {text} of its interface; this tool reads {ApiMajor}.x.";
        ApiVersion = text;
        if (minor > ApiMinor)
            _warnings.Add($"The index speaks version {text} of its interface, newer than {ApiMajor}.{ApiMinor}: what it adds is not seen.");
        return null;
    }

    public void SetStatus(ReadOnlySpan<byte> utf8)
    {
        var text = PageText.Clean(utf8);
        ProjectStatus? status = text switch
        {
            "active" => ProjectStatus.Active,
            "archived" => ProjectStatus.Archived,
            "deprecated" => ProjectStatus.Deprecated,
            "quarantined" => ProjectStatus.Quarantined,
            _ => null,
        };
        if (status is null)
            _warnings.Add($"The index gives the project a status that is not known: '{text}'.");
        Status = status ?? ProjectStatus.Active;
    }

    public void AddVersion(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[MaxFileName];
        if (utf8.Length <= text.Length && _names.Version(text[..Encoding.UTF8.GetChars(utf8, text)]) is { } version)
            Versions.Add(version);
    }

    /// <summary>Whether there is room for the file. A file that cannot be used counts as skipped.</summary>
    public bool TryAdd(scoped in PageEntry entry)
    {
        if (_files.Count + _skipped >= ProjectPage.MaxFiles)
            return false;
        if (Read(entry) is { } file)
            _files.Add(file);
        else
            _skipped++;
        return true;
    }

    public ProjectPage Build(PackageName? name)
    {
        // Where the name stands behind the files, they are judged now.
        if (project is null && name is { } own)
            _skipped += _files.RemoveAll(file => file.Name != own);
        return new(name, Status == ProjectStatus.Quarantined ? [] : _files)
        {
            SkippedCount = _skipped,
            ApiVersion = ApiVersion,
            Versions = Versions,
            Status = Status,
            StatusReason = StatusReason,
            Warnings = _warnings,
        };
    }

    private IndexFile? Read(scoped in PageEntry entry)
    {
        if (entry.FileName.Length is 0 or > MaxFileName)
            return null;
        WheelFileName? wheel = null;
        SdistFileName? sdist = null;
        string fileName;
        if (entry.FileName.EndsWith(".whl"u8))
        {
            fileName = Encoding.UTF8.GetString(entry.FileName);
            if (!WheelFileName.TryRead(fileName, _names, out wheel, out _) || project is { } owner && wheel.Name != owner)
                return null;
        }
        else if (entry.FileName.EndsWith(".tar.gz"u8) || entry.FileName.EndsWith(".zip"u8))
        {
            fileName = Encoding.UTF8.GetString(entry.FileName);
            if (!SdistFileName.TryRead(fileName, project, _names, out sdist))
                return null;
        }
        else
        {
            return null;
        }

        if (!_addresses.IsUsable(entry.Url))
            return null;
        var endsWithName = entry.Url.EndsWith(entry.FileName);
        var address = Encoding.UTF8.GetString(endsWithName ? entry.Url[..^entry.FileName.Length] : entry.Url);
        return new(fileName, _addresses.Base, address, endsWithName)
        {
            Wheel = wheel,
            Sdist = sdist,
            Sha256 = entry.Sha256,
            RequiresPython = Specifiers(entry.RequiresPython),
            HasCoreMetadata = entry.HasCoreMetadata,
            CoreMetadataSha256 = entry.CoreMetadataSha256,
            IsYanked = entry.IsYanked,
            YankedReason = Reason(entry.YankedReason),
            Size = entry.Size,
            UploadTime = entry.UploadTime,
            ProvenanceAddress = _addresses.IsUsable(entry.Provenance) ? Encoding.UTF8.GetString(entry.Provenance) : null,
        };
    }

    private VersionSpecifiers? Specifiers(scoped ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MaxSpecifiers)
            return null;
        if (utf8.SequenceEqual(_lastSpecifiersText))
            return _lastSpecifiers;
        var text = Encoding.UTF8.GetString(utf8);
        if (!_specifiers.TryGetValue(text, out var specifiers))
        {
            specifiers = VersionSpecifiers.TryParseLenient(text, out var read, out _) ? read : null;
            _specifiers[text] = specifiers;
        }

        (_lastSpecifiersText, _lastSpecifiers) = (utf8.ToArray(), specifiers);
        return specifiers;
    }

    private string? Reason(scoped ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return null;
        if (!utf8.SequenceEqual(_lastReasonText))
            (_lastReasonText, _lastReason) = (utf8.ToArray(), PageText.Clean(utf8));
        return _lastReason;
    }
}
