using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Tells a solve what only the build of an sdist tells, by the oldest Python here that the manifest lets in, as the tool itself does.</summary>
/// <param name="builds">Builds.</param>
/// <param name="question">What is solved.</param>
/// <param name="options">The indexes of the solve, from which what a build requires is taken, too.</param>
internal sealed class SolveBuilds(SourceBuilds builds, LockQuestion question, IndexOptions options) : ISdistMetadata
{
    private Task<Interpreter>? _interpreter;

    /// <inheritdoc/>
    public bool Allows(PackageName name) => question.Manifest.Sdists.Allows(name);

    /// <inheritdoc/>
    public async Task<byte[]> GetAsync(IndexFile file, Func<Stream, CancellationToken, Task> download, CancellationToken cancellationToken)
    {
        if (!builds.IsOn)
            throw SourceBuilds.Off(file.FileName);
        // What a client tells of has no bytes here, and would choose what strangers' builds are made with.
        if (question.Indexes.Any(index => index.Described is not null) || question.FindLinks.Count > 0 || file.Sha256 is not { } digest)
            throw SourceBuilds.Refuse($"{file.FileName} is not built here: places that only the client sees, or no digest, stand behind it.", "The tool builds it on its own machine.");
        var interpreter = await (_interpreter ??= InterpreterAsync(cancellationToken));
        await using var index = new PackageIndex(options);
        return await builds.GetMetadataAsync(BuildSource.OfSdist(file.FileName, file.Name, file.Version, digest, download), index, interpreter, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<byte[]> GetAsync(PackageName name, string folder, CancellationToken cancellationToken) =>
        throw SourceBuilds.Refuse($"{name} is a folder of the client's machine.", "The tool builds it there.");

    private async Task<Interpreter> InterpreterAsync(CancellationToken cancellationToken) =>
        InterpreterFinder.OldestOf(await new InterpreterFinder(options.Cache.Root).ListAsync(null, cancellationToken), question.Manifest.Python)
            ?? throw SourceBuilds.Refuse($"This server has no Python {question.Manifest.Python}, which sdists would be built with.", "The tool builds on its own machine.");
}
