using System.Text;
using NuGet.Versioning;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>Reads the keys of a manifest, all of them before it speaks of mistakes.</summary>
internal sealed class ManifestReader
{
    /// <summary>The keys of a manifest, in the order in which messages list them.</summary>
    internal static readonly string[] Keys =
    [
        "venvbuild", "name", "python", "requirements", "groups", "default-groups", "platforms", "resolution", "indexes", "find-links",
        "index-strategy", "constraints", "overrides", "exclude", "prereleases", "exclude-newer", "sdists", "checks", "server", "sources",
        "python-source", "python-mirror", "environment", "publish", "trust",
    ];

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ManifestLocation _location;
    private readonly NuGetVersion _toolVersion;
    private readonly ManifestProblems _problems;
    private readonly ManifestValues _values;
    private readonly RequirementReader _requirements;
    private readonly IndexReader _indexes;
    private readonly SettingsReader _settings;
    private readonly List<Diagnostic> _notYet = [];

    private ManifestReader(ManifestLocation location, NuGetVersion toolVersion, ManifestProblems problems)
    {
        _location = location;
        _toolVersion = toolVersion;
        _problems = problems;
        _values = new(problems);
        _requirements = new(_values, location.Folder);
        _indexes = new(_values, location.Folder);
        _settings = new(_values, _indexes);
    }

    public static Manifest Read(ReadOnlySpan<byte> utf8, ManifestLocation location, string file, NuGetVersion toolVersion)
    {
        var text = new ManifestText(Decode(utf8, file));
        var problems = new ManifestProblems(file, text);
        Manifest? manifest = null;
        if (IsPrintable(text, problems))
        {
            var root = YamlTree.Read(text, problems);
            if (problems.Count == 0)
                manifest = new ManifestReader(location, toolVersion, problems).ReadRoot(root);
        }

        return manifest is null || problems.Count > 0 ? throw new DiagnosticException(ExitCode.Usage, problems.Errors) : manifest;
    }

    private static string Decode(ReadOnlySpan<byte> utf8, string file)
    {
        if (utf8.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        try
        {
            return Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException problem)
        {
            var before = utf8[..Math.Clamp(problem.Index, 0, utf8.Length)];
            throw new DiagnosticException(
                ExitCode.Usage,
                Diagnostic.Error(
                    ManifestCodes.BadText,
                    "This is no UTF-8 text.",
                    new(file, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n')),
                    "Save the file as UTF-8."),
                problem);
        }
    }

    /// <summary>YAML allows no control characters, and its scanner takes NUL for the end: what follows would be lost silently.</summary>
    private static bool IsPrintable(ManifestText text, ManifestProblems problems)
    {
        for (var line = 0; line < text.Lines.Count; line++)
        {
            var column = text.Lines[line].AsSpan().IndexOfAnyInRange('\0', '\u001f') is var first and >= 0 ? FirstBad(text.Lines[line], first) : -1;
            if (column < 0)
                continue;
            problems.Add(ManifestCodes.BadText, line + 1, column + 1, "A control character stands here, which YAML does not allow.", "Remove it.");
            return false;
        }

        return true;
    }

    private static int FirstBad(string line, int from)
    {
        for (var i = from; i < line.Length; i++)
        {
            if (line[i] < ' ' && line[i] != '\t')
                return i;
        }

        return -1;
    }

    private Manifest? ReadRoot(YamlNode? root)
    {
        if (root is null or { Kind: YamlNodeKind.Null } or { Kind: YamlNodeKind.Mapping, Entries.Count: 0 })
        {
            _problems.Add(
                ManifestCodes.Empty,
                1,
                1,
                "The manifest is empty.",
                "Write at least what is needed, such as 'requirements: [requests]', or run 'dotnet pyenv init'.");
            return null;
        }

        if (_values.Table(root, "the manifest", Keys) is not { } table)
            return null;
        var groups = new GroupReader(_values, _requirements);
        var groupList = Get(table, "groups", groups.Groups) ?? [];
        var python = Get(table, "python", _requirements.Python);
        if (python is not null)
            CheckPython(python, table);
        var newer = new ExcludeNewerReader(_values);
        if (table.TryGet("exclude-newer", out var newerNode))
            newer.Read(newerNode);
        var publish = Get(table, "publish", _settings.Publish);
        var manifest = new Manifest(_location)
        {
            ToolRange = Get(table, "venvbuild", node => _settings.ToolRange(node, _toolVersion)),
            Name = Get(table, "name", Name) ?? DefaultName(),
            Python = python ?? Manifest.DefaultPython,
            PythonLocation = python is null ? null : _problems.At(table.KeyOf("python")),
            Requirements = Get(table, "requirements", node => _requirements.Requirements(node, "'requirements'")) ?? [],
            Groups = groupList,
            DefaultGroups = Get(table, "default-groups", node => groups.DefaultGroups(node, groupList)) ?? [],
            Platforms = Get(table, "platforms", new PlatformReader(_values).Platforms) ?? [],
            Resolution = (ResolutionMode)Word(table, "resolution", "highest", "lowest", "lowest-direct"),
            Indexes = Get(table, "indexes", _indexes.Indexes) ?? [ManifestIndex.PyPI],
            FindLinks = Get(table, "find-links", _indexes.FindLinks) ?? [],
            IndexStrategy = (IndexStrategy)Word(table, "index-strategy", "first-index", "best-match"),
            Constraints = Get(table, "constraints", _requirements.Constraints) ?? [],
            Overrides = Get(table, "overrides", node => _requirements.Requirements(node, "'overrides'")) ?? [],
            Exclude = Get(table, "exclude", node => _requirements.Names(node, "'exclude'")) ?? [],
            PreReleases = (PrereleaseMode)Word(table, "prereleases", "if-necessary", "allow", "disallow"),
            ExcludeNewer = newer.Default,
            ExcludeNewerOf = newer.ByName,
            Sdists = Get(table, "sdists", Sdists) ?? SdistPolicy.Deny,
            Checks = Get(table, "checks", Checks) ?? [],
            Server = Get(table, "server", node => Address(node, "'server'")),
            Sources = Get(table, "sources", _settings.EnvironmentSources) ?? [],
            PythonSource = (PythonSource)Word(table, "python-source", "any", "system", "managed"),
            PythonMirror = Get(table, "python-mirror", node => Address(node, "'python-mirror'")),
            Environment = Get(table, "environment", _settings.Environment) ?? new(),
            PublishRepository = publish?.Repository,
            PublishBucket = publish?.Bucket,
            Trust = Get(table, "trust", new TrustReader(_values, _settings, _indexes).Read) ?? new(),
            NotYetServed = _notYet,
        };
        NoteNotYetServed(table, manifest);
        CheckKinds(manifest);
        return manifest;
    }

    private static T? Get<T>(ManifestTable table, string key, Func<YamlNode, T?> read)
        where T : class => table.TryGet(key, out var node) ? read(node) : null;

    private int Word(ManifestTable table, string key, params string[] words) =>
        table.TryGet(key, out var node) ? _values.Word(node, $"'{key}'", words) ?? 0 : 0;

    private string? Name(YamlNode node)
    {
        if (_values.Text(node, "'name'") is not { } text || ExtraName.TryParse(text, out _))
            return node.Value;
        _problems.Add(
            ManifestCodes.BadName,
            node,
            $"'{text}' is no name of an environment.",
            "Names are letters, digits, '.', '-' and '_', beginning and ending with a letter or digit.");
        return null;
    }

    private string DefaultName() =>
        _location.Name ?? (Path.GetFileName(_location.Folder) is { Length: > 0 } folder ? folder : "environment");

    private void CheckPython(VersionSpecifiers python, ManifestTable table)
    {
        if (ServedPython.Of(python).Count > 0)
            return;
        table.TryGet("python", out var node);
        _problems.Add(
            ManifestCodes.NoPython,
            node!,
            $"No Python lies in '{node!.Value}': environments are made for {CPythonMinors.OldestSupported} to {CPythonMinors.Newest}.",
            "Widen the range, or update dotnet-pyenv if that Python is newer than it.");
    }

    private void CheckKinds(Manifest manifest)
    {
        if (manifest.ServedPythons.Count == 0)
            return;
        foreach (var platform in manifest.Platforms.Where(platform => !manifest.ServedPythons.Any(python => platform.Has(python.Minor))))
        {
            _problems.Add(
                ManifestCodes.BadPlatform,
                platform.Location.Line,
                platform.Location.Column,
                platform.IsPyPy
                    ? $"No Python of '{manifest.Python}' has a PyPy: there are {string.Join(", ", PyPyMinors.Supported)}."
                    : $"No Python of '{manifest.Python}' has a free-threaded build: {CPythonMinors.OldestFreeThreaded} is the first that does.",
                $"Widen 'python', or leave '{(platform.IsPyPy ? "implementation" : "free-threaded")}' out.");
        }
    }

    private SdistPolicy? Sdists(YamlNode node)
    {
        if (node.Kind == YamlNodeKind.Sequence)
            return new(false, [.. _requirements.Names(node, "'sdists'").Order()]);
        return _values.Word(node, "'sdists'", "deny", "allow") switch
        {
            0 => SdistPolicy.Deny,
            1 => SdistPolicy.Allow,
            _ => null,
        };
    }

    private List<string> Checks(YamlNode node) => [.. _values.Texts(node, "'checks'", "A check").Select(check => check.Text)];

    private Uri? Address(YamlNode node, string what) =>
        _values.Text(node, what) is { } text ? _indexes.Url(node, text, what, "https", "http", "file") : null;

    private void NoteNotYetServed(ManifestTable table, Manifest manifest)
    {
        NotYet(table, "server", manifest.Server is { IsFile: true }, "take locks from a folder; it resolves by itself");
    }

    private void NotYet(ManifestTable table, string key, bool isUsed, string what)
    {
        if (!isUsed)
            return;
        var place = table.KeyOf(key);
        _notYet.Add(Diagnostic.Warning(
            ManifestCodes.NotYetServed,
            $"This version of dotnet-pyenv does not yet {what}.",
            _problems.At(place),
            $"'{key}' has no effect until then.",
            _problems.Text.Excerpt(place.Line, place.Column)));
    }
}
