using System.Text;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>What a client told of places that only it can see. Whatever of it makes no sense is refused, not mended.</summary>
internal sealed class ToldSources
{
    private readonly Dictionary<string, List<DescribedFile>> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<PackageName, IReadOnlyList<DescribedFile>>> _indexes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _paths;

    /// <param name="sources">What was told.</param>
    /// <param name="paths">Takes how the client names its own files, by the addresses that stand for them here.</param>
    public ToldSources(IReadOnlyList<LockSource> sources, Dictionary<string, string> paths)
    {
        _paths = paths;
        foreach (var source in sources)
        {
            if (source is null || (source.FindLinks is null) == (source.Index is null))
                throw Bad("A source is either a folder of find-links or an index.");
            if (source.FindLinks is { } folder)
            {
                if (!_folders.TryAdd(folder, [.. (source.Files ?? []).Select((file, i) => Read(file, FormattableString.Invariant($"file:///told/{_folders.Count}/{i}/")))]))
                    throw Bad("A folder is told of twice.");
            }
            else if (!_indexes.TryAdd(source.Index!, Projects(source)))
            {
                throw Bad("An index is told of twice.");
            }
        }
    }

    public IReadOnlyList<DescribedFile>? OfFolder(string text) => _folders.GetValueOrDefault(text);

    public IReadOnlyDictionary<PackageName, IReadOnlyList<DescribedFile>>? OfIndex(string name) => _indexes.GetValueOrDefault(name);

    private Dictionary<PackageName, IReadOnlyList<DescribedFile>> Projects(LockSource source)
    {
        var projects = (source.Files ?? []).Select(file => Read(file, null)).GroupBy(file => file.File.Name)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<DescribedFile>)[.. group]);
        foreach (var name in source.Absent ?? [])
        {
            if (!PackageName.TryParse(name, out var project) || !projects.TryAdd(project, []))
                throw Bad("A project that is said to be absent has files, or is none.");
        }

        return projects;
    }

    private DescribedFile Read(LockSourceFile? told, string? localRoot)
    {
        if (told?.Name is null || told.Sha256 is null || !Sha256Digest.TryParse(told.Sha256, out var digest))
            throw Bad("A file has a name and a SHA-256.");
        SdistFileName? sdist = null;
        if (!WheelFileName.TryParse(told.Name, out var wheel) && !SdistFileName.TryParse(told.Name, out sdist))
            throw Bad("A file's name is that of a wheel or an sdist.");
        Uri? url;
        if (localRoot is not null)
        {
            url = new(localRoot + Uri.EscapeDataString(told.Name));
            _paths[url.AbsoluteUri] = told.Path is { Length: > 0 and < 4096 } path && !path.Any(char.IsControl) ? path : throw Bad("A folder's file has a path.");
        }
        else if (!Uri.TryCreate(told.Url, UriKind.Absolute, out url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            throw Bad("An index's file has an http or https address without credentials.");
        }

        VersionSpecifiers? python = null;
        if (told.RequiresPython is not null && !VersionSpecifiers.TryParseLenient(told.RequiresPython, out python, out _))
            python = null;
        var file = new IndexFile
        {
            FileName = told.Name,
            Url = url,
            Wheel = wheel,
            Sdist = sdist,
            Sha256 = digest,
            Size = told.Size,
            UploadTime = told.UploadTime,
            RequiresPython = python,
            IsYanked = told.IsYanked,
            HasCoreMetadata = told.HasMetadataFile,
        };
        return new(file, Metadata(told, file));
    }

    private static Resolver.ReleaseMetadata Metadata(LockSourceFile told, IndexFile file)
    {
        if (told.Metadata is null)
            return new(null, told.Problem is { Length: > 0 and < 1000 } problem ? problem : $"the metadata of {file.FileName} is not known");
        try
        {
            var metadata = CoreMetadata.Parse(Encoding.UTF8.GetBytes(told.Metadata));
            return metadata.Name == file.Name && metadata.Version.Equals(file.Version) ? new(metadata) : throw Bad("A file's metadata is that of another one.");
        }
        catch (PackagingFormatException)
        {
            throw Bad("A file's metadata cannot be read.");
        }
    }

    private static DiagnosticException Bad(string what) => new(ExitCode.Usage, Diagnostic.Error(ServerCodes.BadRequest, what));
}
