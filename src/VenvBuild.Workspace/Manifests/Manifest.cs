using NuGet.Versioning;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// What a person asks for: the content of a <c>pyenv.yaml</c>, with the place of each request. A key that is left out has its default here.
/// </summary>
public sealed class Manifest
{
    /// <summary>The largest manifest that is read, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The range of Pythons when a manifest names none: every one that this tool knows.</summary>
    public static VersionSpecifiers DefaultPython { get; } = VersionSpecifiers.Parse(">=3.9");

    private ManifestRequests? _requests;
    private IReadOnlyList<ServedPython>? _servedPythons;
    private IReadOnlyList<ManifestTarget>? _targets;

    internal Manifest(ManifestLocation location) => Location = location;

    /// <summary>The file, its folder and its lock.</summary>
    public ManifestLocation Location { get; }

    /// <summary>The tool versions that may read the manifest (<c>venvbuild</c>), or null for all.</summary>
    public VersionRange? ToolRange { get; internal init; }

    /// <summary>The name of the environment (<c>name</c>); the folder's name by default.</summary>
    public required string Name { get; init; }

    /// <summary>The Pythons that are asked for (<c>python</c>).</summary>
    public VersionSpecifiers Python { get; internal init; } = DefaultPython;

    /// <summary>Where <see cref="Python"/> stands, or null where the manifest names none.</summary>
    public SourceLocation? PythonLocation { get; internal init; }

    /// <summary>What is asked for (<c>requirements</c>), in the file's order.</summary>
    public IReadOnlyList<ManifestRequirement> Requirements { get; internal init; } = [];

    /// <summary>The dependency groups, in the file's order.</summary>
    public IReadOnlyList<ManifestGroup> Groups { get; internal init; } = [];

    /// <summary>The groups that are installed when nobody asks for others.</summary>
    public IReadOnlyList<ExtraName> DefaultGroups { get; internal init; } = [];

    /// <summary>The platforms that are asked for; none means the one of the machine that locks.</summary>
    public IReadOnlyList<ManifestPlatform> Platforms { get; internal init; } = [];

    /// <summary>Which of the versions that fit is taken.</summary>
    public ResolutionMode Resolution { get; internal init; }

    /// <summary>The indexes, in order; the public one by default.</summary>
    public IReadOnlyList<ManifestIndex> Indexes { get; internal init; } = [ManifestIndex.PyPI];

    /// <summary>Folders and pages of files.</summary>
    public IReadOnlyList<ManifestFindLinks> FindLinks { get; internal init; } = [];

    /// <summary>Which index serves a name that several have.</summary>
    public IndexStrategy IndexStrategy { get; internal init; }

    /// <summary>Bounds on versions of what is needed anyway; they ask for nothing themselves.</summary>
    public IReadOnlyList<ManifestRequirement> Constraints { get; internal init; } = [];

    /// <summary>Requirements that take the place of whatever else is asked of these names.</summary>
    public IReadOnlyList<ManifestRequirement> Overrides { get; internal init; } = [];

    /// <summary>Packages that are left out, whoever needs them.</summary>
    public IReadOnlyList<PackageName> Exclude { get; internal init; } = [];

    /// <summary>Whether pre-releases are taken.</summary>
    public PrereleaseMode PreReleases { get; internal init; }

    /// <summary>Which files are too new, or null for none.</summary>
    public ExcludeNewer? ExcludeNewer { get; internal init; }

    /// <summary>Which files of some packages are too new instead, or null where none of a package's are.</summary>
    public IReadOnlyDictionary<PackageName, ExcludeNewer?> ExcludeNewerOf { get; internal init; } = new Dictionary<PackageName, ExcludeNewer?>();

    /// <summary>Which packages may be built from their sources.</summary>
    public SdistPolicy Sdists { get; internal init; } = SdistPolicy.Deny;

    /// <summary>Commands that must succeed in the finished environment.</summary>
    public IReadOnlyList<string> Checks { get; internal init; } = [];

    /// <summary>The resolver server, or null.</summary>
    public Uri? Server { get; internal init; }

    /// <summary>The places that finished environments are looked for in, in order, as written.</summary>
    public IReadOnlyList<string> Sources { get; internal init; } = [];

    /// <summary>Where interpreters come from.</summary>
    public PythonSource PythonSource { get; internal init; }

    /// <summary>The base address of interpreter archives, or null for the usual one.</summary>
    public Uri? PythonMirror { get; internal init; }

    /// <summary>Where and how the environment is made.</summary>
    public EnvironmentSettings Environment { get; internal init; } = new();

    /// <summary>The GitHub repository, <c>owner/repo</c>, that environments are published to, or null.</summary>
    public string? PublishRepository { get; internal init; }

    /// <summary>The bucket, <c>s3://bucket/prefix</c>, that environments are published to, or null.</summary>
    public string? PublishBucket { get; internal init; }

    /// <summary>Whose environments are taken.</summary>
    public ManifestTrust Trust { get; internal init; } = new();

    /// <summary>The platform that stands for the declared ones where there is none; null for this machine's.</summary>
    public Platform? HostPlatform { get; private set; }

    /// <summary>A warning for each key that is understood and that this version of the tool does not act on.</summary>
    public IReadOnlyList<Diagnostic> NotYetServed { get; internal init; } = [];

    /// <summary>The minors of CPython that a lock of this manifest serves, oldest first; at least one.</summary>
    public IReadOnlyList<ServedPython> ServedPythons => _servedPythons ??= ServedPython.Of(Python);

    /// <summary>What the manifest asks, in canonical form: what a lock answers.</summary>
    public ManifestRequests Requests => _requests ??= ManifestRequests.Of(this);

    /// <summary>
    /// What a lock of this manifest serves: each declared platform, or else this machine's, with each of <see cref="ServedPythons"/>, in the
    /// manifest's order and oldest Python first.
    /// </summary>
    /// <exception cref="DiagnosticException">The manifest declares no platform, and this machine's is none that is known.</exception>
    public IReadOnlyList<ManifestTarget> Targets => _targets ??= TargetsOn(Platforms.Count > 0 ? null : HostPlatform ?? Platform.OfThisProcess());

    /// <summary>What stands for a manifest where a lock is all there is: it asks for nothing, and every setting has its default.</summary>
    internal static Manifest OfLockAlone(ManifestLocation location) => new(location) { Name = Path.GetFileName(location.Folder) };

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="DiagnosticException">The file cannot be read or is no manifest; all mistakes are listed.</exception>
    public static async Task<Manifest> LoadAsync(ManifestLocation location, NuGetVersion toolVersion, CancellationToken cancellationToken = default)
    {
        var file = Path.GetRelativePath(Directory.GetCurrentDirectory(), location.Path);
        file = file.StartsWith("..", StringComparison.Ordinal) ? location.Path : file;
        try
        {
            var info = new FileInfo(location.Path);
            if (info.Exists && info.Length > MaxBytes)
                throw TooLarge(file);
            return Parse(await File.ReadAllBytesAsync(location.Path, cancellationToken).ConfigureAwait(false), location, file, toolVersion);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            var isMissing = problem is FileNotFoundException or DirectoryNotFoundException;
            throw new DiagnosticException(
                ExitCode.Usage,
                Diagnostic.Error(
                    ManifestCodes.Unreadable,
                    isMissing ? "The manifest is not there." : $"The manifest cannot be read: {problem.Message}",
                    new(file),
                    isMissing ? "Run 'dotnet pyenv init' to make one, or name another with --manifest." : "Look at the file's permissions."),
                problem);
        }
    }

    /// <summary>Reads a manifest from its bytes.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="location">Where the manifest is, or would be: relative paths start there.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <param name="toolVersion">This tool's version.</param>
    /// <param name="host">The platform meant where the manifest declares none; null for this machine's.</param>
    /// <exception cref="DiagnosticException">This is no manifest; all mistakes are listed.</exception>
    public static Manifest Parse(ReadOnlySpan<byte> utf8, ManifestLocation location, string file, NuGetVersion toolVersion, Platform? host = null)
    {
        if (utf8.Length > MaxBytes)
            throw TooLarge(file);
        var manifest = ManifestReader.Read(utf8, location, file, toolVersion);
        manifest.HostPlatform = host;
        return manifest;
    }

    /// <summary>A group, or null when there is none of that name.</summary>
    public ManifestGroup? FindGroup(ExtraName name) => Groups.FirstOrDefault(group => group.Name.Equals(name));

    /// <summary>The requirements of a group and of all that it includes, each group's once.</summary>
    public IReadOnlyList<ManifestRequirement> RequirementsOf(ManifestGroup group)
    {
        var requirements = new List<ManifestRequirement>();
        var met = new HashSet<ExtraName>();
        Gather(group);
        return requirements;

        void Gather(ManifestGroup current)
        {
            if (!met.Add(current.Name))
                return;
            requirements.AddRange(current.Requirements);
            foreach (var name in current.Includes)
                Gather(FindGroup(name)!);
        }
    }

    /// <summary>The targets of one platform. Of an open range the lowest minor is required that the platform's kind of interpreter has.</summary>
    private IEnumerable<ManifestTarget> TargetsOf(ManifestPlatform platform) => ServedPythons
        .Where(python => platform.Has(python.Minor))
        .Select((python, place) => new ManifestTarget(platform.ToTarget(python.Minor), python.IsRequired || place == 0, python.Versions));

    private ManifestTarget[] TargetsOn(Platform? host)
    {
        if (Platforms.Count == 0 && host is null)
        {
            throw new DiagnosticException(
                ExitCode.Usage,
                Diagnostic.Error(
                    ManifestCodes.UnknownPlatform,
                    "The manifest declares no platforms, and this machine is none that this tool knows.",
                    new(Location.Path),
                    $"Declare some: {string.Join(", ", Platform.RuntimeIdentifiers)}."));
        }

        return [.. (Platforms.Count > 0 ? Platforms : [new(host!, new(Location.Path))]).SelectMany(TargetsOf)];
    }

    private static DiagnosticException TooLarge(string file) => new(
        ExitCode.Usage,
        Diagnostic.Error(
            ManifestCodes.TooLarge,
            "The manifest is larger than 1 MiB, which no manifest that a person wrote is.",
            new(file),
            "Look at what wrote it."));
}
