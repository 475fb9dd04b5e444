using System.Buffers;
using System.IO.Compression;
using System.Threading.Channels;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>
/// The core metadata of locks' pins, gathered from the indexes once a lock was given out, so that clients who prove it need not ask for each.
/// It is this process's own cache: what is not there, clients get from their index.
/// </summary>
internal sealed class LockMetadataShelf(
    ServerSettings settings, CatalogFactory catalogs, IndexPolicy policy, IndexCredentials credentials, AddressPolicy addresses, TimeProvider clock, ServerMetrics metrics, ILogger<LockMetadataShelf> log) : BackgroundService
{
    /// <summary>How the bodies are kept and sent.</summary>
    public const string Packing = "gzip";

    private const string Noun = "lock-metadata";
    private const int FormatVersion = 1;

    // A description can have a megabyte; one that has more is left to who wants it.
    private const int MaxFile = 2 << 20;

    private static readonly Action<ILogger, string, string, Exception?> NotGathered =
        LoggerMessage.Define<string, string>(LogLevel.Warning, new(7, nameof(NotGathered)), "The metadata of the lock sha256:{Lock} is not kept for clients: {Reason}");

    private readonly CacheFolder _cache = new(settings.CacheFolder);

    // Where too many wait, one is left for when it is next asked for.
    private readonly Channel<(LockQuestion Question, LockAnswerBytes Answer)> _waiting = Channel.CreateBounded<(LockQuestion, LockAnswerBytes)>(64);

    private int _pending;

    /// <summary>Has the metadata of an answer gathered, if it is not there, and the answer say so.</summary>
    public void Add(LockQuestion question, LockAnswerBytes answer)
    {
        Interlocked.Increment(ref _pending);
        if (!_waiting.Writer.TryWrite((question, answer)))
            Interlocked.Decrement(ref _pending);
    }

    /// <summary>A lock's metadata as it is kept, packed; null where there is none.</summary>
    public byte[]? Find(Sha256Digest lockDigest) => _cache.TryRead(Noun, FormatVersion, lockDigest.ToString(), out var start) is { } kept ? kept[start..] : null;

    /// <summary>What is kept as it was before it was packed.</summary>
    public static byte[] Unpack(byte[] packed)
    {
        using var body = new MemoryStream();
        using var unpacking = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        unpacking.CopyTo(body);
        return body.ToArray();
    }

    /// <summary>Waits until all that was added is gathered; for tests.</summary>
    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _pending) > 0)
            await Task.Delay(10, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (question, answer) in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    if (_cache.TryRead(Noun, FormatVersion, answer.Digest.ToString(), out _) is null)
                        await GatherAsync(question, answer, stoppingToken);
                    answer.HasMetadata = true;
                }
                catch (Exception e) when (e is DiagnosticException || CatalogFactory.IsDatabase(e))
                {
                    NotGathered(log, answer.Digest.ToString(), e.GetType().Name, null);
                }
                finally
                {
                    Interlocked.Decrement(ref _pending);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what waits is gathered when it is next asked for.
        }
    }

    private async Task GatherAsync(LockQuestion question, LockAnswerBytes answer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(settings.SolveTime);
        var pins = LockReader.Read(answer.Content, "the lock").Document.Packages;
        var body = new ArrayBufferWriter<byte>(1 << 20);
        await using var index = new PackageIndex(question.IndexesFor(credentials) with
        {
            Cache = _cache,
            Memory = new CatalogMemory(catalogs, policy, clock, metrics),
            MayConnect = addresses.MayConnect,
            // What the answer rests on was fresh enough for it.
            AcceptExpired = true,
        });
        var files = new byte[pins.Count][];
        await Parallel.ForAsync(0, pins.Count, patience.Token, async (i, token) =>
        {
            var releases = (await index.GetReleasesAsync(pins[i].Name, token)).Releases;
            if (releases.FirstOrDefault(release => release.Version.Equals(pins[i].Version)) is { } release && await index.GetMetadataFileAsync(release, token) is { Length: <= MaxFile } file)
                files[i] = file;
        });
        foreach (var file in files.OfType<byte[]>().TakeWhile(file => body.WrittenCount + file.Length <= LockMetadata.MaxBytes - 16))
            LockMetadata.Write(body, file);
        using var packed = new MemoryStream();
        await using (var packing = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            await packing.WriteAsync(body.WrittenMemory, cancellationToken);
        if (_cache.TryWrite(Noun, FormatVersion, answer.Digest.ToString(), packed.GetBuffer().AsSpan(0, (int)packed.Length)) is { } problem)
            NotGathered(log, answer.Digest.ToString(), problem, null);
    }
}
