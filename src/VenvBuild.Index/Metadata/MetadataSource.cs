using System.Collections.Concurrent;
using System.Net;
using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Index;

/// <summary>
/// The core metadata of a file, the cheapest way there is: the cache, the metadata file beside it (PEP 658), the tail of the wheel by range
/// requests, the whole wheel; of an sdist its PKG-INFO where that is final (PEP 643), else what a build says where builds are allowed.
/// </summary>
internal sealed class MetadataSource(IndexOptions options, Fetcher fetcher, Downloader downloader, CacheWriter cache, PinnedEntries pinned, AskerList askers)
{
    private const int FormatVersion = 2;
    private const string FileNoun = "metadata-files";
    private const int FileFormatVersion = 1;

    // An entry that begins so holds a problem in words: no field's name does.
    private const byte ProblemMark = (byte)'!';
    private const string NeedsBuild = "it is only an sdist, which says what it needs when it is built, and the manifest lets none be built ('sdists: allow', or a list of names, does)";

    // Enough for the central directory of nearly every wheel, and for METADATA, which is packed last.
    private const int TailLength = 64 * 1024;

    private readonly RequirementCache _requirements = new();
    private readonly MetadataPacks _packs = new(options, cache);
    private readonly ConcurrentDictionary<string, bool> _withoutRanges = new(StringComparer.Ordinal);

    private readonly Dictionary<string, ReleaseMetadata> _described = options.FindLinks.SelectMany(links => links.Described ?? [])
        .Concat(options.Indexes.SelectMany(index => index.Described?.Values.SelectMany(files => files) ?? []))
        .GroupBy(file => file.File.Url.AbsoluteUri, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First().Metadata, StringComparer.Ordinal);

    /// <summary>The metadata of a wheel or an sdist, or why there is none that can be used.</summary>
    /// <exception cref="DiagnosticException">The index failed, or answered what cannot be trusted.</exception>
    public async ValueTask<ReleaseMetadata> GetAsync(IndexFile file, MetadataDetail detail, CancellationToken cancellationToken)
    {
        // What only people read is kept apart: it would make what every resolve reads several times as long.
        var noun = detail == MetadataDetail.Resolving ? "metadata" : "descriptions";
        if (_described.Count > 0 && _described.TryGetValue(file.Url.AbsoluteUri, out var told))
            return told;
        // By address and digest: what one index says about a wheel must not speak for another index's.
        var key = file.Sha256 is { } digest && !file.Url.IsFile ? CacheFolder.KeyOf(ShownUrl.Of(file.Url), digest.ToString()) : null;
        var memory = key is not null && detail == MetadataDetail.Resolving ? options.Memory : null;
        if (memory is not null && await memory.FindMetadataAsync(file, cancellationToken).ConfigureAwait(false) is { } noted && Decode(noted.Span, file, detail) is { } remembered)
            return await BuiltAsync(remembered, file, detail, cancellationToken).ConfigureAwait(false);
        if (key is not null && TryReadCache(file, noun, key, detail) is { } known)
            return await BuiltAsync(known, file, detail, cancellationToken).ConfigureAwait(false);

        byte[]? text;
        try
        {
            text = file.Wheel is not null
                ? await OfWheelAsync(file, file.Wheel, cancellationToken).ConfigureAwait(false)
                : await OfSdistAsync(file, file.Sdist!, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            return new(null, $"the metadata of {file.FileName} cannot be read: {e.Message}");
        }
        catch (TooLargeException)
        {
            return new(null, $"the metadata of {file.FileName} is larger than is accepted");
        }
        catch (DiagnosticException e) when (e.Diagnostics[0].Code == IndexCodes.FileMissing)
        {
            return new(null, $"{file.FileName} is listed by the index and is not there");
        }

        var (metadata, problem) = Judge(text, file, detail);
        if (key is not null)
        {
            byte[] content = metadata is not null ? MetadataFields.Write(metadata) : [ProblemMark, .. Encoding.UTF8.GetBytes(problem!)];
            if (pinned.IsUsed && detail == MetadataDetail.Resolving)
            {
                pinned.Add(key, content);
            }
            else
            {
                cache.Write(noun, FormatVersion, key, content);
                Note(file, key, detail, content);
            }

            memory?.NoteMetadata(file, content, isConfirmed: true);
        }

        foreach (var repair in metadata?.Repairs ?? [])
            options.Report?.Invoke(Diagnostic.Verbose(IndexCodes.PassedOver, $"{file.FileName}: {repair}"));
        return await BuiltAsync(new(metadata, problem), file, detail, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The answer, or a build's where only that can tell and may be asked. Whoever builds keeps what came out.</summary>
    private async ValueTask<ReleaseMetadata> BuiltAsync(ReleaseMetadata answer, IndexFile file, MetadataDetail detail, CancellationToken cancellationToken)
    {
        if (answer.Problem != NeedsBuild || file.Sdist is null || options.SdistMetadata is not { } builds || !builds.Allows(file.Name))
            return answer;
        var text = await builds.GetAsync(
            file, (stream, token) => downloader.DownloadAsync(file.Url, file.Sha256, file.Size, stream, file.FileName, token), cancellationToken).ConfigureAwait(false);
        if (TryParse(text, detail, out var metadata) is { } why)
            return new(null, $"the metadata that {file.FileName} was built to cannot be read: {why}");
        return Fits(metadata!, file) ? new(metadata) : new(null, $"{file.FileName} was built to {metadata!.Name} {metadata.Version}");
    }

    /// <summary>Leaves what was read one by one together, for the next run.</summary>
    public void Save() => _packs.Save();

    private ReleaseMetadata? TryReadCache(IndexFile file, string noun, string key, MetadataDetail detail)
    {
        if (detail == MetadataDetail.Resolving && _packs.TryFind(file.Name, key, out var packed))
        {
            options.Memory?.NoteMetadata(file, packed, isConfirmed: false);
            return Decode(packed.Span, file, detail);
        }

        if (pinned.IsUsed && detail == MetadataDetail.Resolving && pinned.Find(key) is { } together && Decode(together, file, detail) is { } remembered)
            return remembered;
        if (options.Cache.TryRead(noun, FormatVersion, key, out var start) is not { } alone || Decode(alone.AsSpan(start), file, detail) is not { } known)
            return null;
        Note(file, key, detail, alone.AsMemory(start));
        if (detail == MetadataDetail.Resolving)
            options.Memory?.NoteMetadata(file, alone.AsMemory(start), isConfirmed: false);
        return known;
    }

    private void Note(IndexFile file, string key, MetadataDetail detail, ReadOnlyMemory<byte> content)
    {
        if (detail == MetadataDetail.Resolving)
            _packs.Note(file.Name, key, content);
    }

    private ReleaseMetadata? Decode(ReadOnlySpan<byte> content, IndexFile file, MetadataDetail detail)
    {
        if (!content.IsEmpty && content[0] == ProblemMark)
            return new(null, Encoding.UTF8.GetString(content[1..]));
        return TryParse(content, detail, out var metadata) is null && Fits(metadata!, file) ? new(metadata) : null;
    }

    private (CoreMetadata? Metadata, string? Problem) Judge(byte[]? text, IndexFile file, MetadataDetail detail)
    {
        if (text is null)
            return (null, NeedsBuild);
        if (TryParse(text, detail, out var metadata) is { } why)
            return (null, $"the metadata of {file.FileName} cannot be read: {why}");
        if (!Fits(metadata!, file))
            return (null, $"the metadata of {file.FileName} is that of {metadata!.Name} {metadata.Version}");
        return file.Wheel is not null || IsFinal(metadata!) ? (metadata, null) : (null, NeedsBuild);
    }

    /// <summary>Why it cannot be read, or null when it was.</summary>
    private string? TryParse(ReadOnlySpan<byte> text, MetadataDetail detail, out CoreMetadata? metadata)
    {
        try
        {
            metadata = CoreMetadata.Parse(text, detail, _requirements);
            return null;
        }
        catch (PackagingFormatException e)
        {
            metadata = null;
            return e.Message.TrimEnd('.');
        }
    }

    private static bool Fits(CoreMetadata metadata, IndexFile file) => metadata.Name == file.Name && metadata.Version.Equals(file.Version);

    /// <summary>Whether an sdist's metadata stands without a build (PEP 643).</summary>
    private static bool IsFinal(CoreMetadata metadata) =>
        PackageVersion.TryParse(metadata.MetadataVersion, out var version) && version >= PackageVersion.FromRelease(2, 2)
        && !metadata.Dynamic.Any(field => field is "requires-dist" or "requires-python" or "provides-extra");

    private async ValueTask<byte[]> OfWheelAsync(IndexFile file, WheelFileName wheel, CancellationToken cancellationToken)
    {
        if (file.Url.IsFile)
        {
            var local = OpenLocal(file);
            await using (local.ConfigureAwait(false))
                return await WheelMetadata.ReadAsync(local, wheel, options.Limits.Metadata, cancellationToken).ConfigureAwait(false);
        }

        if (options.Offline)
            throw FetchErrors.Stop(FetchErrors.Offline($"the metadata of {file.FileName}", file.Url));
        if (file.HasCoreMetadata && await OfMetadataFileAsync(file, cancellationToken).ConfigureAwait(false) is { } beside)
            return beside;
        return await OfTailAsync(file, wheel, cancellationToken).ConfigureAwait(false);
    }

    private static FileStream OpenLocal(IndexFile file)
    {
        try
        {
            return new(file.Url.LocalPath, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FetchErrors.Stop(
                Diagnostic.Error(
                    IndexCodes.FindLinksMissing,
                    $"The file '{file.Url.LocalPath}' in a find-links folder cannot be read: {e.Message}",
                    remedy: "Correct its permissions, or remove it."),
                e);
        }
    }

    /// <summary>The metadata file beside a wheel, where the index states its digest: from the cache, else fetched.</summary>
    /// <exception cref="DiagnosticException">The index failed, or answered what cannot be trusted.</exception>
    public async ValueTask<byte[]?> GetFileAsync(IndexFile file, CancellationToken cancellationToken)
    {
        if (!file.HasCoreMetadata || file.CoreMetadataSha256 is not { } digest || file.Url.IsFile)
            return null;
        var key = digest.ToString();
        if (options.Cache.TryRead(FileNoun, FileFormatVersion, key, out var start) is { } kept && Sha256Digest.Of(kept.AsSpan(start)) == digest)
            return kept[start..];
        var text = await OfMetadataFileAsync(file, cancellationToken).ConfigureAwait(false);
        if (text is not null)
            cache.Write(FileNoun, FileFormatVersion, key, text);
        return text;
    }

    /// <summary>PEP 658; null when the file that the index promises is not there.</summary>
    private async ValueTask<byte[]?> OfMetadataFileAsync(IndexFile file, CancellationToken cancellationToken)
    {
        if (options.MetadataOffer is { } offer && file.CoreMetadataSha256 is { } stated
            && await offer.FindAsync(stated, cancellationToken).ConfigureAwait(false) is { } offered && offered.Length <= options.Limits.Metadata)
        {
            return offered.ToArray();
        }

        var url = new UriBuilder(file.Url);
        url.Path += ".metadata";
        var what = $"the metadata of {file.FileName}";
        var request = new FetchRequest(url.Uri, what, askers.For(file.Url));
        return await fetcher.FetchAsync(request, async (answer, token) =>
        {
            if (answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                return null;
            if (answer.Status != HttpStatusCode.OK)
                throw FetchErrors.Stop(FetchErrors.Unexpected(request, answer.Url, answer.Status));
            var text = await answer.ReadAllAsync(options.Limits.Metadata, token).ConfigureAwait(false);
            if (file.CoreMetadataSha256 is { } promised && Sha256Digest.Of(text) is var actual && actual != promised)
            {
                throw new DamagedAnswerException(Diagnostic.Error(
                    IndexCodes.DigestMismatch,
                    $"The metadata of {file.FileName} from {ShownUrl.Of(answer.Url)} is not what the index promises: its SHA-256 is {actual} and not {promised}.",
                    remedy: "Tell whoever runs the index; another one can be named with --index-url."));
            }

            return text;
        }, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<byte[]> OfTailAsync(IndexFile file, WheelFileName wheel, CancellationToken cancellationToken)
    {
        var origin = file.Url.GetLeftPart(UriPartial.Authority);
        if (_withoutRanges.ContainsKey(origin))
            return await OfWholeAsync(file, stream => WheelMetadata.ReadAsync(stream, wheel, options.Limits.Metadata, cancellationToken), cancellationToken).ConfigureAwait(false);

        var what = $"the metadata of {file.FileName}";
        var request = new FetchRequest(file.Url, what, askers.For(file.Url))
        {
            AllowCompression = false,
            From = file.Size is { } size ? Math.Max(0, size - TailLength) : -TailLength,
            To = file.Size - 1,
        };
        var tail = await fetcher.FetchAsync<(long Length, string? ETag, byte[] Bytes)?>(request, async (answer, token) =>
        {
            if (answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                throw FetchErrors.Stop(Diagnostic.Error(
                    IndexCodes.FileMissing, $"{ShownUrl.Of(answer.Url)} is not there.", remedy: "The index is incomplete: name another one with --index-url."));
            }

            if (answer.Status != HttpStatusCode.PartialContent || answer.Range is not { Length: { } length, From: { } from, To: { } to } || to != length - 1)
                return null;
            var bytes = await answer.ReadAllAsync(TailLength, token).ConfigureAwait(false);
            return bytes.Length == to - from + 1 ? (length, answer.ETag, bytes) : null;
        }, cancellationToken).ConfigureAwait(false);
        if (tail is not { } part)
        {
            _withoutRanges[origin] = true;
            options.Report?.Invoke(Diagnostic.Verbose(IndexCodes.PassedOver, $"{origin} serves no parts of files: wheels without a metadata file are fetched whole."));
            return await OfWholeAsync(file, stream => WheelMetadata.ReadAsync(stream, wheel, options.Limits.Metadata, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        var remote = new RangeStream(fetcher, request, part.Length, part.ETag, part.Bytes, options.Limits.WheelTail);
        await using (remote.ConfigureAwait(false))
        {
            return await WheelMetadata.ReadAsync(remote, wheel, options.Limits.Metadata, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<byte[]?> OfSdistAsync(IndexFile file, SdistFileName sdist, CancellationToken cancellationToken)
    {
        if (file.Url.IsFile)
        {
            var local = OpenLocal(file);
            await using (local.ConfigureAwait(false))
                return await SdistMetadata.ReadAsync(local, sdist, options.Limits, cancellationToken).ConfigureAwait(false);
        }

        return await OfWholeAsync(file, stream => SdistMetadata.ReadAsync(stream, sdist, options.Limits, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<T> OfWholeAsync<T>(IndexFile file, Func<Stream, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        if (file.Size > options.Limits.Archive)
            throw new InvalidDataException("the file is too large to be fetched for its metadata");
        var path = Path.Combine(Path.GetTempPath(), $"venvbuild-{Guid.NewGuid():n}");
        var archive = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        await using (archive.ConfigureAwait(false))
        {
            await downloader.DownloadAsync(file.Url, file.Sha256, file.Size, archive, file.FileName, cancellationToken).ConfigureAwait(false);
            archive.Position = 0;
            return await read(archive).ConfigureAwait(false);
        }
    }
}
