namespace VenvBuild.Packaging;

/// <summary>
/// How a source tree is built: the <c>[build-system]</c> table of its <c>pyproject.toml</c> (PEP 517, PEP 518), or what stands for it where
/// there is none: setuptools running <c>setup.py</c>.
/// </summary>
public sealed class BuildSystem
{
    private const string LegacyBackend = "setuptools.build_meta:__legacy__";
    private const int MaxRequirements = 1000;

    private BuildSystem(IReadOnlyList<Requirement> requires, string backend, IReadOnlyList<string> backendPath)
    {
        Requires = requires;
        Backend = backend;
        BackendPath = backendPath;
    }

    /// <summary>The build of a tree that says nothing about it.</summary>
    public static BuildSystem Legacy { get; } = new([Requirement.Parse("setuptools>=40.8.0")], LegacyBackend, []);

    /// <summary>What must be installed before the backend is called.</summary>
    public IReadOnlyList<Requirement> Requires { get; }

    /// <summary>The backend: a module, and after a colon an object in it.</summary>
    public string Backend { get; }

    /// <summary>Folders of the tree, relative and inside it, that the backend is imported from; usually none.</summary>
    public IReadOnlyList<string> BackendPath { get; }

    /// <summary>Reads the table.</summary>
    /// <param name="utf8">The file, of at most <see cref="ProjectTable.MaxLength"/> bytes.</param>
    /// <exception cref="PackagingFormatException">
    /// The file is no TOML, or the table says what it may not; the message is a clause that follows the file's name.
    /// </exception>
    public static BuildSystem Parse(ReadOnlySpan<byte> utf8)
    {
        var root = ProjectFile.Read(utf8);
        if (root.Find("build-system")?.Value is not { } table)
            return Legacy;
        if (table.Kind != LockValueKind.Table)
            throw ProjectFile.Error($"has {table.Describe()} as 'build-system', not a table");
        var requires = Texts(table, "requires") ?? throw ProjectFile.Error("has a [build-system] without 'requires'");
        if (requires.Count > MaxRequirements)
            throw ProjectFile.Error($"has more than {MaxRequirements} build requirements");
        var backend = table.Find("build-backend")?.Value;
        var path = Texts(table, "backend-path");
        if (backend is null && path is not null)
            throw ProjectFile.Error("has a 'backend-path' without a 'build-backend'");
        return new(requires.ConvertAll(Read), backend is null ? LegacyBackend : BackendOf(backend), path?.ConvertAll(Inside) ?? []);
    }

    private static string BackendOf(TomlNode node)
    {
        var text = node.Kind == LockValueKind.String ? node.Text : "";
        var parts = text.Split(':');
        return parts.Length <= 2 && Array.TrueForAll(parts, IsDotted) ? text : throw ProjectFile.Error($"has {node.Describe()} as 'build-backend', which is no module and object");
    }

    private static bool IsDotted(string text) =>
        text.Split('.').All(part => part.Length > 0 && !char.IsAsciiDigit(part[0]) && part.All(c => c == '_' || char.IsLetterOrDigit(c)));

    private static string Inside(string path)
    {
        var isOutside = path.Length == 0 || path[0] is '/' or '\\' || path.Contains(':', StringComparison.Ordinal) || path.Any(char.IsControl)
            || path.Split('/', '\\').Contains("..", StringComparer.Ordinal);
        return isOutside ? throw ProjectFile.Error($"has '{path}' in 'backend-path', which leads outside the tree") : path;
    }

    private static Requirement Read(string text)
    {
        try
        {
            return Requirement.Parse(text);
        }
        catch (PackagingFormatException e)
        {
            throw ProjectFile.Error($"asks for '{text}' to build it, which cannot be read: {e.Message}");
        }
    }

    private static List<string>? Texts(TomlNode table, string key) => table.Find(key)?.Value switch
    {
        null => null,
        { Kind: LockValueKind.Array } list when list.Items.TrueForAll(item => item.Kind == LockValueKind.String) => list.Items.ConvertAll(item => item.Text),
        _ => throw ProjectFile.Error($"has a 'build-system.{key}' that is no array of strings"),
    };
}
