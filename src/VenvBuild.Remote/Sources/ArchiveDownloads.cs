using System.Net;
using System.Net.Http.Headers;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Brings archives of layers into files below <c>pulls/v1</c> of the cache. A transfer that breaks, or that a killed run left, goes on
/// where it stopped, as long as the place still has the very same file (a strong entity tag tells). Nothing here is trusted: who unpacks
/// the archive checks its digest.
/// </summary>
internal sealed class ArchiveDownloads(PlaceClient client, string cacheFolder)
{
    private const int Attempts = 5;
    private const long Slack = 1 << 20;

    private readonly string _folder = Path.Combine(Path.GetFullPath(cacheFolder), "pulls", "v1");

    /// <summary>Whether the place is asked for a part of the same file or nothing (If-Match), as S3 wants it, not for the same or all (If-Range).</summary>
    public bool ContinuesByMatch { get; init; }

    /// <summary>The archive, whole and from its beginning; null when the place has not got it.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="make">Makes the request for all of it; where to begin is added here.</param>
    /// <param name="cancellationToken">Ends the transfer; what has come stays for the next.</param>
    /// <exception cref="DiagnosticException">The place cannot be read, or sends more than the archive can have.</exception>
    public async Task<LayerContent?> OpenAsync(LayerReference layer, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        var part = PartFile.Open(_folder, layer.Digest);
        try
        {
            if (await FillAsync(part, layer, make, cancellationToken).ConfigureAwait(false))
                return part.ToContent();
            part.Discard();
            return null;
        }
        catch (DiagnosticException e) when (e.Diagnostics[0].Code == SourceCodes.TooLarge)
        {
            part.Discard();
            throw;
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    private async Task<bool> FillAsync(PartFile part, LayerReference layer, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var answer = await client.SendAsync(() => part.Continue(make(), ContinuesByMatch), cancellationToken).ConfigureAwait(false);
            var url = answer.RequestMessage!.RequestUri!;
            switch (answer.StatusCode)
            {
                case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                    return false;
                case HttpStatusCode.RequestedRangeNotSatisfiable when answer.Content.Headers.ContentRange?.Length == part.Length && part.Length > 0:
                    return true;
                case HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PreconditionFailed when attempt < Attempts:
                    part.Restart(null);
                    continue;
                case HttpStatusCode.PartialContent when answer.Content.Headers.ContentRange?.From == part.Length:
                    break;
                case HttpStatusCode.OK:
                    part.Restart(answer.Headers.ETag);
                    break;
                default:
                    throw PlaceFault.Answered(url, answer.StatusCode);
            }

            try
            {
                // Zstandard adds next to nothing to what it cannot compress.
                var limit = layer.Size + layer.Size / 64 + Slack - part.Length;
                await BoundedBody.CopyAsync(answer, part.File, limit, client.StallTimeout, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (Exception e) when (PlaceClient.IsBroken(e, cancellationToken))
            {
                if (attempt == Attempts)
                    throw PlaceFault.Unreachable(url, e);
                await Task.Delay(PlaceClient.PauseAfter(attempt), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What has come so far, and the tag of what it is a part of.</summary>
    private sealed class PartFile : IDisposable
    {
        private readonly string _path;
        private EntityTagHeaderValue? _tag;

        private PartFile(string path, FileStream file)
        {
            (_path, File) = (path, file);
            _tag = ReadTag();
            if (_tag is null)
                file.SetLength(0);
            file.Position = file.Length;
        }

        public FileStream File { get; }

        public long Length => File.Length;

        private string TagPath => _path + ".tag";

        public static PartFile Open(string folder, Sha256Digest digest)
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, $"{digest}.part");
            try
            {
                return new(path, new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Delete, 1 << 16));
            }
            catch (IOException) when (System.IO.File.Exists(path))
            {
                // Another process fetches the same: it is not waited for, and the store keeps one of the two.
                path = Path.Combine(folder, $"{digest}.{Guid.NewGuid():N}.part");
                return new(path, new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1 << 16));
            }
        }

        public HttpRequestMessage Continue(HttpRequestMessage request, bool byMatch)
        {
            if (Length > 0 && _tag is not null)
            {
                request.Headers.Range = new(Length, null);
                if (byMatch)
                    request.Headers.IfMatch.Add(_tag);
                else
                    request.Headers.IfRange = new(_tag);
            }

            return request;
        }

        public void Restart(EntityTagHeaderValue? tag)
        {
            File.SetLength(0);
            File.Position = 0;
            _tag = tag is { IsWeak: false } ? tag : null;
            if (_tag is null)
                PlaceFault.TryDelete(TagPath);
            else
                System.IO.File.WriteAllText(TagPath, _tag.Tag);
        }

        public LayerContent ToContent()
        {
            File.Flush();
            File.Position = 0;
            return new(new OwnedFile(this), Length);
        }

        public void Discard()
        {
            File.Dispose();
            PlaceFault.TryDelete(_path);
            PlaceFault.TryDelete(TagPath);
        }

        public void Dispose() => File.Dispose();

        private EntityTagHeaderValue? ReadTag()
        {
            try
            {
                return EntityTagHeaderValue.TryParse(System.IO.File.ReadAllText(TagPath), out var tag) ? tag : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>A part that has become whole: whoever read it, with success or without, has no more use for it.</summary>
    private sealed class OwnedFile(PartFile part) : ForwardStream
    {
        public override long Length => part.Length;

        public override long Position
        {
            get => part.File.Position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => part.File.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => part.File.ReadAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                part.Discard();
            base.Dispose(disposing);
        }
    }
}
