using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>What a peer is asked, and where it may work.</summary>
/// <param name="Manifest">The requests; those of all groups are solved together.</param>
/// <param name="Context">What may be fetched, and from which mirror.</param>
/// <param name="Environments">The environments that the answer must serve.</param>
/// <param name="Folder">A folder of this run's own, for files that the peer is given.</param>
internal sealed record PeerRequest(Manifest Manifest, WorkspaceContext Context, IReadOnlyList<ResolutionEnvironment> Environments, string Folder)
{
    /// <summary>The requests of the manifest and of all groups, each once.</summary>
    public IEnumerable<string> Requirements => Manifest.Requirements
        .Concat(Manifest.Groups.SelectMany(group => group.Requirements))
        .Select(request => request.Requirement.ToString())
        .Distinct(StringComparer.Ordinal);

    /// <summary>The indexes, in order, credentials included: to be handed over in variables, never as arguments, which others can read.</summary>
    public IReadOnlyList<string> Indexes => Context.IndexUrl is { } mirror
        ? [mirror.OriginalString]
        : [.. Manifest.Indexes.Select(index => index.Url.OriginalString)];

    /// <summary>Writes lines to a file of the folder and gives its path.</summary>
    public async Task<string> WriteAsync(string name, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder, name);
        await File.WriteAllLinesAsync(path, lines, cancellationToken).ConfigureAwait(false);
        return path;
    }
}
