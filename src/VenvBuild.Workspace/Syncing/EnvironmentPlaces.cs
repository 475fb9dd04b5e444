using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>The places that a manifest names, opened: where finished environments are looked for, and where they are published to.</summary>
internal sealed class EnvironmentPlaces : IDisposable
{
    private const string GitHub = "github";
    private const string Server = "server";

    private readonly WorkspaceContext _context;
    private readonly Manifest _manifest;
    private readonly string _workingDirectory;
    private readonly string _cacheFolder;
    private readonly List<IDisposable> _opened = [];

    public EnvironmentPlaces(WorkspaceContext context, Manifest manifest, string cacheFolder) =>
        (_context, _manifest, _workingDirectory, _cacheFolder) = (context, manifest, context.WorkingDirectory, cacheFolder);

    /// <summary>The server that is asked for environments, or null: the run's, else the manifest's.</summary>
    public static Uri? ServerOf(WorkspaceContext context, Manifest manifest) =>
        !context.WithoutServer && (context.Server ?? manifest.Server) is { IsFile: false } server && !context.FailedServers.Contains(server) ? server : null;

    /// <summary>What a server is asked to make when it lacks it; null to take only what is there.</summary>
    public EnvironmentRequest? Request { get; init; }

    /// <summary>The sources, in the manifest's order, or only the one that was named.</summary>
    /// <exception cref="DiagnosticException">A place is none.</exception>
    public IReadOnlyList<IEnvironmentSource> Sources(string? only) => only is null
        // A server that is named is asked, last unless 'server' says where.
        ? [.. Places().Select(source => source == Server ? OpenServer() : Open(source, _manifest.Location.Folder)).OfType<IEnvironmentSource>()]
        : [Open(only, _workingDirectory)];

    /// <summary>A search of sources by a manifest's rules.</summary>
    public static EnvironmentSearch Search(WorkspaceContext context, Manifest manifest, IReadOnlyList<IEnvironmentSource> sources, string cacheFolder, Action<Diagnostic> report) => new()
    {
        Sources = sources,
        Policy = ManifestPolicy.Of(manifest),
        Seen = new(cacheFolder),
        ManifestPath = manifest.Location.Path,
        RefusesRollback = manifest.Trust.RefusesRollback,
        IsOffline = context.IsOffline,
        Report = report,
    };

    /// <summary>The place to publish to: the one that was named, or the manifest's.</summary>
    /// <exception cref="DiagnosticException">There is none, or nothing can be published there.</exception>
    public IEnvironmentStore Store(string? named)
    {
        if (named is null && _manifest.PublishRepository is null && _manifest.PublishBucket is null)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, "Nothing says where environments are published to.", new(_manifest.Location.Path),
                "Name a repository in the manifest (publish: {github: owner/repo}) or a bucket (publish: {s3: s3://bucket/prefix}), or a place with --to."));
        }

        return Open(named ?? _manifest.PublishBucket ?? GitHub, _workingDirectory) as IEnvironmentStore ?? throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
            WorkspaceCodes.BadOption, $"Nothing can be published to '{Credentials.Mask(named!)}': a URL is only read.",
            remedy: "Publish to the folder that is served there, to a bucket (s3://...), or to 'github'."));
    }

    public void Dispose() => _opened.ForEach(place => place.Dispose());

    private IEnumerable<string> Places() => _manifest.Sources.Contains(Server) ? _manifest.Sources : _manifest.Sources.Append(Server);

    private EnvironmentServerSource? OpenServer() => ServerOf(_context, _manifest) is { } server
        ? Keep(new EnvironmentServerSource(server, Environment.GetEnvironmentVariable(ResolverServerClient.TokenVariable), _cacheFolder) { Request = Request, Patience = _context.ServerPatience, Report = _context.Report })
        : null;

    private IEnvironmentSource Open(string place, string folder)
    {
        if (place == GitHub)
            return OpenGitHub();
        if (place == Server)
        {
            return OpenServer() ?? throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, "'server' is named as a place, and no server is.", new(_manifest.Location.Path), "Name it: server: https://..., or --server."));
        }

        if (!place.Contains("://", StringComparison.Ordinal))
            return new EnvironmentFolderStore(Path.GetFullPath(place, folder));
        if (place.StartsWith("s3://", StringComparison.Ordinal))
            return Keep(new EnvironmentBucketStore(place, _cacheFolder, Environment.GetEnvironmentVariable));
        if (!Uri.TryCreate(place, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http" or "file"))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, $"'{Credentials.Mask(place)}' is no place of environments.", remedy: "A place is 'github', a folder, a bucket (s3://...), or a URL."));
        }

        return url.IsFile ? new EnvironmentFolderStore(url.LocalPath) : Keep(new EnvironmentTreeSource(url, _cacheFolder));
    }

    private GitHubReleaseStore OpenGitHub() => _manifest.PublishRepository is { } repository
        ? Keep(new GitHubReleaseStore(GitHubRepository.Parse(repository, Environment.GetEnvironmentVariable), _cacheFolder, Environment.GetEnvironmentVariable))
        : throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
            WorkspaceCodes.BadOption, "'github' is named as a place, and no repository is.", new(_manifest.Location.Path), "Name it: publish: {github: owner/repo}."));

    private T Keep<T>(T place)
        where T : IDisposable
    {
        _opened.Add(place);
        return place;
    }
}
