using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The list of a distribution's files as the environment itself has it (RECORD), for where no store has the layer. Who changes a file can
/// change RECORD along with it: the list proves something only where the digest that it makes is the one that a description names.
/// </summary>
internal sealed class InstalledRecord(string folder, VenvLayout layout, PlannedWheel wheel)
{
    private static readonly WheelLimits Limits = WheelLimits.Default;

    /// <summary>The layer as RECORD tells it, and its bytecode where there is some; null when there is no RECORD that can be read.</summary>
    public (Layer Layer, Layer? Bytecode)? Read()
    {
        try
        {
            return DistInfo() is { } distInfo ? Read(distInfo) : null;
        }
        catch (Exception e) when (e is DiagnosticException || StorageFault.IsStorage(e))
        {
            return null;
        }
    }

    private string SitePackages => $"{folder}/{layout.SitePackages}";

    private string? DistInfo()
    {
        const string suffix = ".dist-info";
        foreach (var path in Directory.EnumerateDirectories(SitePackages, "*" + suffix))
        {
            var stem = Path.GetFileNameWithoutExtension(path);
            var dash = stem.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0 && PackageName.TryParse(stem.AsSpan(0, dash), out var name) && name == wheel.Name
                && PackageVersion.TryParse(stem.AsSpan(dash + 1), out var version) && version.Equals(wheel.Version))
            {
                return Path.GetFileName(path);
            }
        }

        return null;
    }

    private (Layer, Layer?) Read(string distInfo)
    {
        var isPurelib = System.Text.Encoding.UTF8.GetString(ReadBytes($"{distInfo}/WHEEL") ?? []).Split('\n')
            .Any(line => line.TrimEnd('\r').Equals("Root-Is-Purelib: true", StringComparison.OrdinalIgnoreCase));
        var root = isPurelib ? InstallScheme.Purelib : InstallScheme.Platlib;
        var points = ReadBytes($"{distInfo}/entry_points.txt") is { } text ? EntryPointsFile.Read(text, wheel.File.Text, $"{distInfo}/entry_points.txt") : [];
        var commands = points.Select(point => $"{layout.Scripts}/{point.Name}{(layout.IsWindows ? ".exe" : "")}").ToHashSet(StringComparer.Ordinal);
        var rows = RecordFile.Read(ReadBytes($"{distInfo}/RECORD") ?? throw new IOException("There is no RECORD."), wheel.File.Text, $"{distInfo}/RECORD");
        var (files, compiled) = (new List<LayerFile>(), new List<LayerFile>());
        foreach (var (path, row) in rows)
        {
            if (path == EnvironmentOrigins.PlaceIn(distInfo) || PlaceOf(path) is not { } place || commands.Contains(place))
                continue;
            var (scheme, below) = SchemeOf(place, root);
            if (row.IsPromise && row.Algorithm != HashAlgorithmName.SHA256)
                throw new IOException("RECORD is not as this tool writes it.");
            if (row.IsPromise)
                files.Add(new(scheme, below, row.Size ?? 0, Sha256Digest.FromBytes(row.Digest), IsExecutable(place), IsPythonScript(place)));
            else if (below.EndsWith(".pyc", StringComparison.Ordinal) && File.Exists($"{folder}/{place}"))
                compiled.Add(new(scheme, below, new FileInfo($"{folder}/{place}").Length, FileDigest.Of($"{folder}/{place}"), IsExecutable: false));
        }

        var layer = Make(distInfo, root, points, files, null);
        return (layer, FormatOf(compiled) is { } format ? Make(distInfo, root, [], compiled, format) : null);
    }

    private Layer Make(string distInfo, InstallScheme root, IReadOnlyList<EntryPoint> points, List<LayerFile> files, BytecodeFormat? format)
    {
        files.Sort(static (a, b) => a.Scheme != b.Scheme ? a.Scheme.CompareTo(b.Scheme) : string.CompareOrdinal(a.Path, b.Path));
        return new()
        {
            Digest = wheel.Sha256,
            FileName = wheel.File.Text,
            Name = wheel.Name,
            Version = wheel.Version,
            Root = root,
            DistInfo = distInfo,
            EntryPoints = points,
            Files = files,
            // There is no such folder: what is asked of a layer's own files has no answer.
            Folder = $"{folder}/{EnvironmentRecord.Prefix}.none",
            Bytecode = format,
        };
    }

    private BytecodeFormat? FormatOf(List<LayerFile> compiled)
    {
        if (compiled.Count == 0)
            return null;
        var name = Path.GetFileNameWithoutExtension(compiled[0].Path);
        var magic = new byte[4];
        using var file = File.OpenHandle($"{folder}/{layout.SitePackages}/{compiled[0].Path}");
        return name.LastIndexOf('.') is var dot and >= 0 && RandomAccess.Read(file, magic, 0) == magic.Length
            ? new(name[(dot + 1)..], Convert.ToHexStringLower(magic))
            : null;
    }

    /// <summary>Where a path of RECORD stands in the environment; null where it leaves it.</summary>
    private string? PlaceOf(string path)
    {
        var place = path.StartsWith(layout.UpFromSitePackages, StringComparison.Ordinal) ? path[layout.UpFromSitePackages.Length..] : $"{layout.SitePackages}/{path}";
        return EntryName.Objection(place, Limits.MaxDepth) is null ? place : null;
    }

    private (InstallScheme Scheme, string Path) SchemeOf(string place, InstallScheme root)
    {
        var headers = layout.IsWindows ? $"Include/{wheel.Name}/" : $"include/site/{layout.Aliases[^1]}/{wheel.Name}/";
        return Below(layout.SitePackages + "/") is { } module ? (root, module)
            : Below(layout.Scripts + "/") is { } script ? (InstallScheme.Scripts, script)
            : Below(headers) is { } header ? (InstallScheme.Headers, header)
            : (InstallScheme.Data, place);

        string? Below(string start) => place.StartsWith(start, StringComparison.Ordinal) ? place[start.Length..] : null;
    }

    private bool IsExecutable(string place) =>
        !OperatingSystem.IsWindows() && File.Exists($"{folder}/{place}") && (File.GetUnixFileMode($"{folder}/{place}") & UnixFileMode.UserExecute) != 0;

    /// <summary>Whether it is a script for the environment's own Python. On POSIX the installer replaced its first line: what stood there is not known here.</summary>
    private bool IsPythonScript(string place)
    {
        if (!place.StartsWith(layout.Scripts + "/", StringComparison.Ordinal) || !File.Exists($"{folder}/{place}"))
            return false;
        var script = File.ReadAllBytes($"{folder}/{place}");
        return layout.IsWindows ? script.AsSpan().StartsWith("#!python"u8) : CommandScript.IsRewritten(script);
    }

    private byte[]? ReadBytes(string below)
    {
        var info = new FileInfo($"{SitePackages}/{below}");
        return info.Exists && info.Length <= Limits.MaxMetadataBytes ? File.ReadAllBytes(info.FullName) : null;
    }
}
