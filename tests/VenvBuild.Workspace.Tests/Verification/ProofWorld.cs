using System.Text;
using NuGet.Versioning;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace.Tests;

/// <summary>A random small world of distributions with files, and a manifest that asks for some of them.</summary>
internal sealed class ProofWorld : IPackageSource
{
    public const string LockPath = "/project/pylock.toml";

    public static readonly Uri Index = new("https://index.test/simple");

    private static readonly DateTimeOffset Published = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Names = ["ant", "bee", "cat", "dog", "elk", "fox"];

    private readonly SortedDictionary<PackageName, List<Release>> _releases = [];
    private readonly Dictionary<(PackageName, PackageVersion), CoreMetadata> _metadata = [];

    private ProofWorld(Manifest manifest) => Manifest = manifest;

    public Manifest Manifest { get; }

    public static WorkspaceContext Context { get; } = new() { WorkingDirectory = "/project", ToolVersion = "0.1.0" };

    public IReadOnlyList<Release> Releases(PackageName name) => _releases.TryGetValue(name, out var releases) ? releases : [];

    public IEnumerable<PackageName> AllNames => _releases.Keys;

    public CoreMetadata Metadata(Release release) => _metadata[(release.Name, release.Version)];

    public static ProofWorld Make(Random random)
    {
        var world = new ProofWorld(RandomManifest(random));
        foreach (var name in Names)
        {
            var count = random.Next(2, 5);
            for (var version = 1; version <= count; version++)
            {
                var text = random.Next(12) == 0 ? $"{version}.0rc1" : $"{version}.0";
                world.Add(name, text, random);
            }
        }

        return world;
    }

    /// <summary>The manifest's lock as the tool writes and reads it; null where the world cannot meet the requests.</summary>
    public async Task<LockDocument?> LockAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var index = new PackageIndex(new() { Offline = true });
            var document = await new LockSolve(Manifest, index, LockSolve.RelativeTo(LockPath)) { Source = this }.RunAsync(null, new(), cancellationToken);
            return LockReader.Read(LockWriter.Write(document), LockPath).Document;
        }
        catch (UnsatisfiableException)
        {
            return null;
        }
    }

    /// <summary>What proving a lock in this world finds.</summary>
    public Task<LockProof> ProveAsync(LockDocument document, CancellationToken cancellationToken, IPackageSource? source = null) =>
        LockVerification.ProveAsync(Context, Manifest, document, LockPath, new(), source ?? this, null, cancellationToken);

    public ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ReleaseList(name, Releases(name)) { Index = Index, Searched = [Index.ToString()] });

    public ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ReleaseMetadata(Metadata(release)));

    public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nothing in these worlds is asked for by address.");

    public void Prefetch(PackageName name, VersionSpecifiers specifiers)
    {
    }

    /// <summary>The pin of a release as a lock would have it, with every wheel that it has.</summary>
    public LockedPackage Pin(Release release, Marker? marker) => new()
    {
        Name = release.Name,
        Version = release.Version,
        Marker = marker,
        RequiresPython = Metadata(release).RequiresPython,
        Index = Index,
        Wheels = [.. release.Files.Where(file => file.Wheel is not null).Select(Locked)],
    };

    public static LockedFile Locked(IndexFile file) => new()
    {
        Name = file.FileName,
        Url = file.Url,
        Size = file.Size,
        UploadTime = file.UploadTime,
        Hashes = LockedHashes.OfSha256(file.Sha256!.Value.ToString()),
        Wheel = file.Wheel,
    };

    private void Add(string name, string version, Random random)
    {
        var requires = Enumerable.Range(0, random.Next(0, 3)).Select(_ => Requirement.Parse(RandomRequirement(random, inMetadata: true))).ToList();
        var python = random.Next(10) switch { 0 => ">=3.12", 1 => "<3.12", 2 => ">=3.9", 3 => ">=3.11.4", _ => null };
        var (package, parsed) = (PackageName.Parse(name), PackageVersion.Parse(version));
        string[] tags = random.Next(14) switch
        {
            0 => ["cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_x86_64", "cp311-cp311-win_amd64", "cp312-cp312-win_amd64", "cp313-cp313-win_amd64"],
            1 => ["py3-none-win_amd64", "py3-none-manylinux_2_17_x86_64", "py3-none-macosx_11_0_arm64"],
            2 => ["cp311-abi3-manylinux_2_17_x86_64", "py3-none-win_amd64"],
            3 => ["py3-none-any", "cp312-cp312-manylinux_2_17_x86_64", "cp39-cp39-win_amd64"],
            _ => ["py3-none-any"],
        };
        var specifiers = python is null ? null : VersionSpecifiers.Parse(python);
        var isYanked = random.Next(20) == 0;
        var files = tags.Select(tag => $"{name}-{version}-{tag}.whl").Append($"{name}-{version}.tar.gz").Select(file => new IndexFile
        {
            FileName = file,
            Url = new($"https://files.test/{file}"),
            Wheel = WheelFileName.TryParse(file, out var wheel) ? wheel : null,
            Sdist = SdistFileName.TryParse(file, out var sdist) ? sdist : null,
            RequiresPython = specifiers,
            IsYanked = isYanked,
            Sha256 = Sha256Digest.Of(Encoding.UTF8.GetBytes(file)),
            Size = 1000 + file.Length,
            UploadTime = Published,
        }).ToList();
        if (!_releases.TryGetValue(package, out var releases))
            _releases.Add(package, releases = []);
        releases.Add(new(package, parsed, files) { Index = Index });
        releases.Sort((left, right) => left.Version.CompareTo(right.Version));
        _metadata[(package, parsed)] = new()
        {
            MetadataVersion = "2.1",
            Name = package,
            Version = parsed,
            RequiresDist = requires,
            RequiresPython = specifiers,
            ProvidesExtra = [ExtraName.Parse("x")],
        };
    }

    private static Manifest RandomManifest(Random random)
    {
        var yaml = new StringBuilder("indexes: [{name: test, url: \"https://index.test/simple\"}]\n")
            .AppendLine("python: \">=3.11,<3.13\"")
            .AppendLine("platforms: [linux-x64, win-x64]")
            .AppendLine("requirements:");
        for (var i = random.Next(1, 4); i > 0; i--)
            yaml.AppendLine($"  - {Quoted(RandomRequirement(random, inMetadata: false))}");
        if (random.Next(3) > 0)
            yaml.AppendLine("groups:").AppendLine($"  test: [{Quoted(RandomRequirement(random, inMetadata: false))}]").AppendLine($"  lint: [{Quoted(RandomRequirement(random, inMetadata: false))}, {{include: test}}]");
        if (random.Next(4) == 0)
            yaml.AppendLine($"constraints: [\"{Names[random.Next(Names.Length)]}<{random.Next(2, 5)}\"]");
        if (random.Next(6) == 0)
            yaml.AppendLine($"overrides: [\"{Names[random.Next(Names.Length)]}>={random.Next(1, 3)}.0\"]");
        if (random.Next(6) == 0)
            yaml.AppendLine($"exclude: [{Names[random.Next(Names.Length)]}]");
        var location = ManifestLocation.At("/project/pyenv.yaml");
        return Manifest.Parse(Encoding.UTF8.GetBytes(yaml.ToString()), location, "pyenv.yaml", NuGetVersion.Parse("0.1.0"));
    }

    private static string Quoted(string text) => "\"" + text + "\"";

    private static string RandomRequirement(Random random, bool inMetadata)
    {
        var name = Names[random.Next(Names.Length)] + (random.Next(5) == 0 ? "[x]" : "");
        var version = random.Next(1, 4);
        var specifier = random.Next(14) switch
        {
            0 => $"=={version}.0",
            1 or 2 => $">={Math.Min(version, 2)}.0",
            3 or 4 => $"<{version + 1}.0",
            5 => $"!={version}.0",
            6 => ">=1.0rc1",
            _ => "",
        };
        return name + specifier + random.Next(inMetadata ? 11 : 7) switch
        {
            0 => " ; sys_platform == 'win32'",
            1 => " ; python_version < '3.12'",
            2 => " ; sys_platform == 'linux' and python_version >= '3.12'",
            3 => " ; python_full_version >= '3.11.4'",
            8 or 9 => " ; extra == 'x'",
            10 => " ; extra == 'x' and sys_platform == 'win32'",
            _ => "",
        };
    }
}
