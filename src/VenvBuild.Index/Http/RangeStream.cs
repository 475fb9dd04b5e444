using System.Net;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// A file on a server, read in parts: the tail is there from the beginning, other places are fetched when they are read. Asynchronous reads
/// only.
/// </summary>
internal sealed class RangeStream : ForwardStream
{
    // A central directory's neighbours are read next, so that a part is larger than what is asked for.
    private const int PartLength = 32 * 1024;

    private readonly Fetcher _fetcher;
    private readonly FetchRequest _request;
    private readonly long _length, _limit;
    private readonly string? _etag;
    private readonly List<(long Start, byte[] Bytes)> _parts = [];
    private long _position, _fetched;

    public RangeStream(Fetcher fetcher, FetchRequest request, long length, string? etag, byte[] tail, long limit)
    {
        _fetcher = fetcher;
        _request = request;
        _length = length;
        _etag = etag;
        _limit = limit;
        _fetched = tail.Length;
        _parts.Add((length - tail.Length, tail));
    }

    public override bool CanSeek => true;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _position >= _length || _position < 0)
            return 0;
        var part = Find();
        if (part < 0)
        {
            await FetchAsync(buffer.Length, cancellationToken).ConfigureAwait(false);
            part = Find();
        }

        var (start, bytes) = _parts[part];
        var at = (int)(_position - start);
        var count = Math.Min(buffer.Length, bytes.Length - at);
        bytes.AsSpan(at, count).CopyTo(buffer.Span);
        _position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => _length + offset,
    };

    private int Find() => _parts.FindIndex(part => part.Start <= _position && _position < part.Start + part.Bytes.Length);

    private async ValueTask FetchAsync(int wanted, CancellationToken cancellationToken)
    {
        var from = _position;
        var to = Math.Min(_length, from + Math.Max(wanted, PartLength));
        // Up to what is there already, so that no byte comes twice.
        foreach (var (start, _) in _parts)
        {
            if (start > from && start < to)
                to = start;
        }

        _fetched += to - from;
        if (_fetched > _limit)
            throw new TooLargeException(_limit);
        var request = _request with { From = from, To = to - 1, IfRange = _etag };
        var bytes = await _fetcher.FetchAsync(request, async (answer, token) =>
        {
            if (answer.Status != HttpStatusCode.PartialContent || answer.Range is not { HasRange: true, From: { } first } || first != from)
                throw FetchErrors.Stop(FetchErrors.Unexpected(request, answer.Url, answer.Status));
            var all = await answer.ReadAllAsync(to - from, token).ConfigureAwait(false);
            return all.Length == to - from ? all : throw new DamagedAnswerException(Diagnostic.Error(
                IndexCodes.DigestMismatch, $"{ShownUrl.Of(answer.Url)} sent fewer bytes than were asked for.", remedy: "Run it again; if it stays so, name a mirror with --index-url."));
        }, cancellationToken).ConfigureAwait(false);
        _parts.Add((from, bytes));
    }
}
