using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// A place that has layers: a bundle, a folder, a server, a release. Nothing that comes from one is trusted: who asks holds it against
/// the reference. Safe between threads.
/// </summary>
public interface ILayerSource
{
    /// <summary>The source, for people: its path or address without secrets.</summary>
    string Name { get; }

    /// <summary>Which of these layers it has. May name one that cannot be had after all: <see cref="OpenAsync"/> decides.</summary>
    /// <exception cref="DiagnosticException">The source cannot be asked.</exception>
    Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken);

    /// <summary>Opens the archive of a layer; null when the source has not got it.</summary>
    /// <exception cref="DiagnosticException">The source cannot be read.</exception>
    Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken);
}
