using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>Tells the metadata that only a build can tell; whoever can build gives it to <see cref="IndexOptions"/>.</summary>
public interface ISdistMetadata
{
    /// <summary>Whether a distribution's sdists may be built.</summary>
    bool Allows(PackageName name);

    /// <summary>The core metadata of the wheel that an sdist comes to.</summary>
    /// <param name="file">The sdist as it is listed.</param>
    /// <param name="download">Brings it to a stream.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">The build failed.</exception>
    Task<byte[]> GetAsync(IndexFile file, Func<Stream, CancellationToken, Task> download, CancellationToken cancellationToken);

    /// <summary>The core metadata of the wheel that a project's folder comes to, which a person asked for by its address.</summary>
    /// <param name="name">The distribution that was asked for.</param>
    /// <param name="folder">The folder, absolute.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">The build failed.</exception>
    Task<byte[]> GetAsync(PackageName name, string folder, CancellationToken cancellationToken);
}
