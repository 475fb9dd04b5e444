using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace VenvBuild.Testing;

/// <summary>Makes wheels for tests: right by default, wrong where a test says so. The same calls make the same bytes.</summary>
public sealed class WheelMaker
{
    private readonly List<(string Path, byte[] Content, uint Mode)> _files = [];
    private readonly List<string> _requires = [];
    private readonly List<string> _entryPoints = [];

    /// <summary>A wheel of a distribution for any Python 3.</summary>
    public WheelMaker(string name, string version = "1.0", string tag = "py3-none-any")
    {
        Name = name;
        Version = version;
        Tag = tag;
    }

    /// <summary>The distribution.</summary>
    public string Name { get; }

    /// <summary>The version.</summary>
    public string Version { get; }

    /// <summary>The tags.</summary>
    public string Tag { get; }

    /// <summary>The wheel's file name.</summary>
    public string FileName => $"{Stem}-{Tag}.whl";

    /// <summary>The folder of the metadata.</summary>
    public string DistInfo => $"{Stem}.dist-info";

    /// <summary>The folder of files outside the root.</summary>
    public string Data => $"{Stem}.data";

    /// <summary>Whether the root is purelib; by default where the tag says so.</summary>
    public bool? IsPurelib { get; set; }

    /// <summary>The format's version in WHEEL.</summary>
    public string WheelVersion { get; set; } = "1.0";

    /// <summary>The Pythons that the distribution runs on.</summary>
    public string? RequiresPython { get; set; }

    /// <summary>Changes RECORD's rows before they are written; the key is the path, the value digest and size as written.</summary>
    public Action<IDictionary<string, string>>? ChangeRecord { get; set; }

    /// <summary>The whole text of RECORD, where the rows do not matter; empty leaves the file out.</summary>
    public string? RecordText { get; set; }

    /// <summary>Changes the archive before it is written.</summary>
    public Action<HostileZip>? ChangeArchive { get; set; }

    /// <summary>The method that files are packed with: 0 stored, 8 deflate, 93 zstandard.</summary>
    public ushort Method { get; set; } = 8;

    private string Stem => $"{Name.Replace('-', '_')}-{Version}";

    /// <summary>Adds a file.</summary>
    public WheelMaker File(string path, string content, bool isExecutable = false) => File(path, Encoding.UTF8.GetBytes(content), isExecutable);

    /// <summary>Adds a file.</summary>
    public WheelMaker File(string path, byte[] content, bool isExecutable = false)
    {
        _files.Add((path, content, isExecutable ? 0x81EDu : 0x81A4u));
        return this;
    }

    /// <summary>Adds a module or package, named as given, whose <c>answer()</c> returns <paramref name="answer"/>.</summary>
    public WheelMaker Module(string name, int answer = 42) =>
        File($"{name}/__init__.py", FormattableString.Invariant($"def answer():\n    return {answer}\n\n\ndef main():\n    print({answer})\n"));

    /// <summary>Adds a console command.</summary>
    public WheelMaker Script(string name, string target) => EntryPoint("console_scripts", name, target);

    /// <summary>Adds an entry point of any group.</summary>
    public WheelMaker EntryPoint(string group, string name, string target)
    {
        _entryPoints.Add($"[{group}]\n{name} = {target}\n");
        return this;
    }

    /// <summary>Adds a requirement.</summary>
    public WheelMaker Requires(string requirement)
    {
        _requires.Add(requirement);
        return this;
    }

    /// <summary>The archive as it stands, to be changed by hand before it is written.</summary>
    public HostileZip ToArchive()
    {
        var isPurelib = IsPurelib ?? Tag.EndsWith("-none-any", StringComparison.Ordinal);
        var files = new List<(string Path, byte[] Content, uint Mode)>(_files)
        {
            ($"{DistInfo}/METADATA", Encoding.UTF8.GetBytes(Metadata()), 0x81A4),
            ($"{DistInfo}/WHEEL", Encoding.UTF8.GetBytes($"Wheel-Version: {WheelVersion}\nGenerator: venvbuild-tests\nRoot-Is-Purelib: {(isPurelib ? "true" : "false")}\nTag: {Tag}\n"), 0x81A4),
        };
        if (_entryPoints.Count > 0)
            files.Add(($"{DistInfo}/entry_points.txt", Encoding.UTF8.GetBytes(string.Concat(_entryPoints)), 0x81A4));
        var zip = new HostileZip();
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, content, mode) in files)
        {
            zip.Add(path, content, Method).Mode = mode;
            rows[path] = FormattableString.Invariant($"sha256={Base64Url.EncodeToString(SHA256.HashData(content))},{content.Length}");
        }

        rows[$"{DistInfo}/RECORD"] = ",";
        ChangeRecord?.Invoke(rows);
        var record = RecordText ?? string.Concat(rows.Select(row => $"{Quoted(row.Key)},{row.Value}\n"));
        if (record.Length > 0)
            zip.Add($"{DistInfo}/RECORD", record, Method);
        ChangeArchive?.Invoke(zip);
        return zip;
    }

    /// <summary>The wheel's bytes.</summary>
    public byte[] ToArray() => ToArchive().ToArray();

    /// <summary>Writes the wheel into a folder and answers its path.</summary>
    public string Save(string folder)
    {
        Directory.CreateDirectory(folder);
        return ToArchive().Save(Path.Combine(folder, FileName));
    }

    private static string Quoted(string path) => path.Contains(',', StringComparison.Ordinal) ? $"\"{path}\"" : path;

    private string Metadata()
    {
        var text = new StringBuilder($"Metadata-Version: 2.1\nName: {Name}\nVersion: {Version}\n");
        if (RequiresPython is not null)
            text.Append("Requires-Python: ").Append(RequiresPython).Append('\n');
        foreach (var requirement in _requires)
            text.Append("Requires-Dist: ").Append(requirement).Append('\n');
        return text.ToString();
    }
}
