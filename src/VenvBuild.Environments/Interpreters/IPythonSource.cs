using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Where interpreters are downloaded from.</summary>
public interface IPythonSource
{
    /// <summary>The address, without secrets.</summary>
    string Shown { get; }

    /// <summary>Whether a pin proves what comes; otherwise the source's word is taken for it.</summary>
    bool IsPinned { get; }

    /// <summary>The interpreters for a platform, the best first: with the GIL before without, newer before older. Of each version there is one.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="cancellationToken">Stops the transfer.</param>
    /// <exception cref="DiagnosticException">The source cannot be reached or is not what it should be.</exception>
    Task<IReadOnlyList<PythonArchive>> ListAsync(Platform platform, CancellationToken cancellationToken);

    /// <summary>Fetches an archive and holds it against its digest.</summary>
    /// <exception cref="DiagnosticException">It cannot be had, or is another file.</exception>
    internal Task DownloadAsync(PythonArchive archive, FileStream destination, CancellationToken cancellationToken);
}
