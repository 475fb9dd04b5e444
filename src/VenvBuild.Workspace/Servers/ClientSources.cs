using System.Text;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>What only this machine can see, told by names, digests and metadata: folders of find-links, and indexes that the server does not ask.</summary>
internal sealed class ClientSources(WorkspaceContext context, Manifest manifest, string lockPath)
{
    // Beyond this the telling costs more than the solving.
    private const int MaxFiles = 5_000;

    private readonly Dictionary<string, List<LockSourceFile>> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<PackageName, List<LockSourceFile>>> _indexes = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>What is known so far, in the manifest's order.</summary>
    public List<LockSource> ToWire() =>
    [
        .. manifest.FindLinks.Where(links => _folders.ContainsKey(links.Text)).DistinctBy(links => links.Text)
            .Select(links => new LockSource { FindLinks = links.Text, Files = _folders[links.Text] }),
        .. manifest.Indexes.Where(index => _indexes.ContainsKey(index.Name)).Select(index => new LockSource
        {
            Index = index.Name,
            Absent = [.. _indexes[index.Name].Where(project => project.Value.Count == 0).Select(project => project.Key.Value)],
            Files = [.. _indexes[index.Name].SelectMany(project => project.Value)],
        }),
    ];

    /// <summary>Tells of the manifest's folders, all files of each.</summary>
    /// <exception cref="DiagnosticException">A folder is missing, or holds more than is worth telling.</exception>
    public async Task AddFoldersAsync(CancellationToken cancellationToken)
    {
        foreach (var links in manifest.FindLinks.Where(links => links.Url.IsFile))
        {
            var place = FindLinks.Parse(links.Url.OriginalString, manifest.Location.Folder);
            var index = new PackageIndex(new() { Indexes = [], FindLinks = [place], Offline = true });
            await using (index.ConfigureAwait(false))
            {
                var files = new List<LockSourceFile>();
                foreach (var project in place.ListProjects())
                    files.AddRange((await TellAsync(index, project, cancellationToken).ConfigureAwait(false)).Files);
                // As a folder is read, so that the first of two equal files is the same one on both sides.
                files.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
                _folders[links.Text] = files;
            }
        }
    }

    /// <summary>Tells of what a server says it lacks, and of what that leads to.</summary>
    /// <returns>Whether anything new was told.</returns>
    /// <exception cref="DiagnosticException">An index failed, or there is more than is worth telling.</exception>
    public async Task<bool> AddAsync(IReadOnlyList<SourceNeed> needs, CancellationToken cancellationToken)
    {
        var isNew = false;
        foreach (var need in needs)
        {
            if (manifest.Indexes.FirstOrDefault(index => string.Equals(index.Name, need.Index, StringComparison.Ordinal)) is not { } place || context.IndexUrl is not null)
                continue;
            if (!_indexes.TryGetValue(place.Name, out var told))
                _indexes[place.Name] = told = [];
            var patterns = place.Packages.Select(NamePattern.Parse).ToList();
            var asked = manifest.Requirements.Select(requirement => requirement.Requirement.Name)
                .Concat(manifest.Groups.SelectMany(group => group.Requirements).Select(requirement => requirement.Requirement.Name))
                .Concat(need.Projects.Where(name => PackageName.TryParse(name, out _)).Select(PackageName.Parse));
            isNew |= await WalkAsync(place, patterns, new Queue<PackageName>(asked), told, cancellationToken).ConfigureAwait(false);
        }

        return isNew;
    }

    private async Task<bool> WalkAsync(
        ManifestIndex place, List<NamePattern> patterns, Queue<PackageName> waiting, SortedDictionary<PackageName, List<LockSourceFile>> told,
        CancellationToken cancellationToken)
    {
        var isNew = false;
        var index = new PackageIndex(new() { Indexes = [new(place.Name, place.Url)], Report = context.Report });
        await using (index.ConfigureAwait(false))
        {
            while (waiting.TryDequeue(out var project))
            {
                if (told.ContainsKey(project) || (patterns.Count > 0 && !patterns.Exists(pattern => pattern.Matches(project))))
                    continue;
                var (files, leadsTo) = await TellAsync(index, project, cancellationToken).ConfigureAwait(false);
                told[project] = files;
                isNew = true;
                foreach (var next in leadsTo)
                    waiting.Enqueue(next);
            }
        }

        return isNew;
    }

    private async Task<(List<LockSourceFile> Files, HashSet<PackageName> LeadsTo)> TellAsync(
        PackageIndex index, PackageName project, CancellationToken cancellationToken)
    {
        var files = new List<LockSourceFile>();
        var leadsTo = new HashSet<PackageName>();
        foreach (var file in (await index.GetReleasesAsync(project, cancellationToken).ConfigureAwait(false)).Releases.SelectMany(release => release.Files))
        {
            if (++_count > MaxFiles)
                throw TooMany();
            var described = new DescribedFile(file, await index.GetMetadataAsync(file, cancellationToken).ConfigureAwait(false));
            foreach (var requirement in described.Metadata.Metadata?.RequiresDist ?? [])
                leadsTo.Add(requirement.Name);
            if (file.Sha256 is { } digest)
                files.Add(Tell(described, digest));
        }

        return (files, leadsTo);
    }

    private LockSourceFile Tell(DescribedFile described, Sha256Digest digest)
    {
        var file = described.File;
        return new()
        {
            Name = file.FileName,
            Path = file.Url.IsFile ? LockSolve.RelativeTo(lockPath)(file.Url) : null,
            Url = file.Url.IsFile ? null : file.Url.AbsoluteUri,
            Sha256 = digest.ToString(),
            Size = file.Size,
            UploadTime = file.UploadTime,
            RequiresPython = file.RequiresPython?.ToString(),
            IsYanked = file.IsYanked,
            HasMetadataFile = file.HasCoreMetadata,
            Metadata = described.MetadataText is { } text ? Encoding.UTF8.GetString(text) : null,
            Problem = described.Metadata.Problem,
        };
    }

    private static DiagnosticException TooMany() => new(ExitCode.Integrity, Diagnostic.Error(
        WorkspaceCodes.WrongServerLock, $"The server would have to be told of more than {MaxFiles} files that only this machine can see."));
}
