using System.Net;
using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// Brings a file to a stream, hashed on its way. A transfer that breaks off goes on where it stopped; where the server cannot do that, what
/// is there already is passed over.
/// </summary>
internal sealed class Downloader(IndexOptions options, Fetcher fetcher, AskerList askers)
{
    private const int ChunkLength = 128 * 1024;

    /// <summary>Downloads, and fails unless size and digest are right. A wrong file is fetched anew where the destination can be emptied.</summary>
    /// <returns>The file's digest.</returns>
    public async Task<Sha256Digest> DownloadAsync(
        Uri url, Sha256Digest? digest, long? size, Stream destination, string what, CancellationToken cancellationToken)
    {
        if (url.IsFile)
            return await CopyLocalAsync(url, digest, size, destination, what, cancellationToken).ConfigureAwait(false);
        var asker = askers.For(url);
        var clean = ShownUrl.WithoutSecrets(url);
        if (options.Offline)
            throw FetchErrors.Stop(FetchErrors.Offline(what, clean));
        using var transfer = new Transfer(destination, size, options.Limits.Archive);
        return await fetcher.FetchAsync(
            () => new FetchRequest(clean, what, asker)
            {
                AllowCompression = false,
                From = transfer.CanResume ? transfer.Written : null,
                IfRange = transfer.CanResume ? transfer.ETag : null,
            },
            async (answer, token) =>
            {
                await transfer.ReadAsync(answer, what, token).ConfigureAwait(false);
                return transfer.Finish(ShownUrl.Of(answer.Url), what, digest);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Sha256Digest> CopyLocalAsync(
        Uri url, Sha256Digest? digest, long? size, Stream destination, string what, CancellationToken cancellationToken)
    {
        var path = url.LocalPath;
        try
        {
            var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await using (source.ConfigureAwait(false))
            {
                using var transfer = new Transfer(destination, size, long.MaxValue);
                await transfer.CopyAsync(source, path, what, cancellationToken).ConfigureAwait(false);
                return transfer.Finish(path, what, digest);
            }
        }
        catch (DamagedAnswerException e)
        {
            throw FetchErrors.Stop(e.Verdict, e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw FetchErrors.Stop(
                Diagnostic.Error(
                    IndexCodes.FileMissing,
                    $"{Capital(what)} should be at {path} and cannot be read: {e.Message}",
                    remedy: "Put the file back, or lock again."),
                e);
        }
    }

    private static string Capital(string what) => char.ToUpperInvariant(what[0]) + what[1..];

    /// <summary>What has come of a file so far.</summary>
    private sealed class Transfer(Stream destination, long? size, long limit) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly long _origin = destination.CanSeek ? destination.Position : 0;

        public long Written { get; private set; }

        public string? ETag { get; private set; }

        /// <summary>Whether a part may be asked for: only of the very same content, by a strong entity tag.</summary>
        public bool CanResume => Written > 0 && ETag is not null;

        public async ValueTask ReadAsync(FetchAnswer answer, string what, CancellationToken cancellationToken)
        {
            var skip = Written;
            switch (answer.Status)
            {
                case HttpStatusCode.OK:
                    break;
                case HttpStatusCode.PartialContent when answer.Range is { From: { } from } && from == Written:
                    skip = 0;
                    break;
                case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                    throw FetchErrors.Stop(Diagnostic.Error(
                        IndexCodes.FileMissing,
                        $"{Capital(what)} is not at {ShownUrl.Of(answer.Url)} ({(int)answer.Status}).",
                        remedy: "It was removed, or the mirror is incomplete: lock again, or name another index."));
                default:
                    Restart();
                    throw new DamagedAnswerException(Diagnostic.Error(
                        IndexCodes.UnexpectedAnswer,
                        $"{ShownUrl.Of(answer.Url)} answers {what} with {(int)answer.Status} to a request for a part.",
                        remedy: "The server is at fault: run it again, or name a mirror with --index-url."));
            }

            var etag = answer.ETag is { } tag && !tag.StartsWith("W/", StringComparison.Ordinal) ? tag : null;
            // Without proof that it is the same content, begin anew where that can be done; else the digest at the end will tell.
            if (skip > 0 && (etag is null || etag != ETag))
                Restart();
            ETag = etag;
            await CopyAsync(answer.Body, ShownUrl.Of(answer.Url), what, cancellationToken, Math.Min(skip, Written)).ConfigureAwait(false);
        }

        public async ValueTask CopyAsync(Stream source, string from, string what, CancellationToken cancellationToken, long skip = 0)
        {
            var chunk = System.Buffers.ArrayPool<byte>.Shared.Rent(ChunkLength);
            try
            {
                while (await source.ReadAsync(chunk.AsMemory(0, ChunkLength), cancellationToken).ConfigureAwait(false) is var count and > 0)
                {
                    var passed = (int)Math.Min(skip, count);
                    skip -= passed;
                    var fresh = chunk.AsMemory(passed, count - passed);
                    if (Written + fresh.Length > size)
                        throw Wrong(from, what, $"it is longer than the {size} bytes promised");
                    if (Written + fresh.Length > limit)
                        throw new TooLargeException(limit);
                    _hash.AppendData(fresh.Span);
                    await destination.WriteAsync(fresh, cancellationToken).ConfigureAwait(false);
                    Written += fresh.Length;
                }
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(chunk);
            }
        }

        public Sha256Digest Finish(string from, string what, Sha256Digest? digest)
        {
            if (size is { } promised && Written != promised)
                throw Wrong(from, what, $"it has {Written} bytes and not the {promised} promised");
            var actual = Sha256Digest.FromBytes(_hash.GetCurrentHash());
            return digest is { } expected && actual != expected ? throw Wrong(from, what, $"its SHA-256 is {actual} and not {expected}") : actual;
        }

        public void Dispose() => _hash.Dispose();

        private Exception Wrong(string from, string what, string why)
        {
            var verdict = Diagnostic.Error(
                IndexCodes.DigestMismatch,
                $"{Capital(what)} from {from} is not the file that was promised: {why}.",
                remedy: "Do not use it. If the file was replaced on purpose, lock again; else tell whoever runs the index.");
            // What cannot be taken back from the destination cannot be fetched anew.
            return Restart() ? new DamagedAnswerException(verdict) : FetchErrors.Stop(verdict);
        }

        private bool Restart()
        {
            if (Written == 0)
                return true;
            if (!destination.CanSeek)
                return false;
            destination.Position = _origin;
            destination.SetLength(_origin);
            _hash.GetHashAndReset();
            Written = 0;
            ETag = null;
            return true;
        }
    }
}
