using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Where the packed archives of layers are kept, by digest: a folder, or a bucket. What is visible here is whole, and never changes.</summary>
internal interface ILayerStorage
{
    /// <summary>The place, for people; without secrets.</summary>
    string Name { get; }

    /// <summary>Says whether it can be used.</summary>
    /// <exception cref="DiagnosticException">It cannot; the message names the setting to look at.</exception>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Which of these archives are here.</summary>
    Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<Sha256Digest> digests, CancellationToken cancellationToken);

    /// <summary>Opens a packed archive, which can be read from any place in it; null when it is not here.</summary>
    Task<Stream?> OpenAsync(Sha256Digest digest, CancellationToken cancellationToken);

    /// <summary>Keeps what is written, once <paramref name="write"/> has ended; nothing of it when that fails.</summary>
    Task<T> AddAsync<T>(Sha256Digest digest, Func<Stream, Task<T>> write, CancellationToken cancellationToken);

    /// <summary>Takes an archive out; one that is not here is no failure.</summary>
    Task RemoveAsync(Sha256Digest digest, CancellationToken cancellationToken);

    /// <summary>The archives that are here, with their packed lengths and when they came, in no order.</summary>
    IAsyncEnumerable<StoredArchive> ListAsync(CancellationToken cancellationToken);

    /// <summary>An address at which a client gets the packed archive without this server, for a while; null where there is none.</summary>
    Task<Uri?> LinkAsync(Sha256Digest digest, bool isHead);
}
