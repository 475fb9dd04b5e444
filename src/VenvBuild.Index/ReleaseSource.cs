using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Index;

/// <summary>Decides who is asked for a name, and unites what they answer.</summary>
internal sealed class ReleaseSource(IndexOptions options, PageSource pages, IReadOnlyList<LinkSource> links)
{
    private int _hasWarnedOfTimes;

    /// <summary>The indexes that may be asked for a name: those that claim it, else those that claim none.</summary>
    public IReadOnlyList<IndexLocation> IndexesFor(PackageName name)
    {
        var claiming = options.Indexes.Where(index => index.Packages.Any(pattern => pattern.Matches(name))).ToList();
        return claiming.Count > 0 ? claiming : [.. options.Indexes.Where(index => index.Packages.Count == 0)];
    }

    /// <exception cref="DiagnosticException">A place failed.</exception>
    public async Task<ReleaseList> GetAsync(PackageName name, CancellationToken cancellationToken)
    {
        var indexes = IndexesFor(name);
        var isClaimed = indexes.Any(index => index.Packages.Count > 0);
        var offers = new List<IReadOnlyList<Release>>();
        var searched = new List<string>();
        for (var i = 0; !isClaimed && i < links.Count; i++)
        {
            searched.Add(options.FindLinks[i].ToString());
            if (await links[i].GetAsync(name, cancellationToken).ConfigureAwait(false) is { Count: > 0 } linked)
                offers.Add(linked);
        }

        var latestTicks = options.LatestOf(name)?.UtcTicks ?? long.MaxValue;
        var warnings = new List<Diagnostic>();
        IndexLocation? server = null;
        var isLimited = false;
        foreach (var index in indexes)
        {
            searched.Add(ShownUrl.Of(index.Url));
            var page = await pages.GetAsync(index, name, cancellationToken).ConfigureAwait(false);
            if (page is null)
            {
                // Offline and never asked: nobody knows whether this index has the name, so no later one may answer for it.
                if (offers.Count == 0)
                    throw FetchErrors.Stop(FetchErrors.Offline($"the page of '{name}'", index.Url));
                break;
            }

            if (page.State.IsAbsent)
                continue;
            server ??= index;
            if (WarningOf(page.State, name, index) is { } warning)
                warnings.Add(warning);
            var offered = OffersOf(name, page, index, latestTicks);
            isLimited |= offered.Count < page.Versions.Length;
            offers.Add(offered);
            if (options.Strategy == IndexStrategy.FirstIndex)
                break;
        }

        return new(name, Unite(offers)) { Index = server?.Url, Searched = searched, Warnings = warnings, PublishedUntil = isLimited ? options.LatestOf(name) : null };
    }

    /// <summary>What the indexes have of a name and <see cref="GetAsync"/> does not offer.</summary>
    /// <exception cref="DiagnosticException">A place failed.</exception>
    public async Task<IReadOnlyList<WithheldRelease>> GetWithheldAsync(PackageName name, CancellationToken cancellationToken)
    {
        var latestTicks = options.LatestOf(name)?.UtcTicks ?? long.MaxValue;
        var withheld = new List<WithheldRelease>();
        var asked = IndexesFor(name);
        var isServed = false;
        // A name that an index claims is asked for nowhere else, not even for advice: it may be nobody else's business.
        var isClaimed = asked.Any(index => index.Packages.Count > 0);
        foreach (var index in isClaimed ? asked : asked.Concat(options.Indexes.Except(asked)))
        {
            if (await pages.GetAsync(index, name, cancellationToken).ConfigureAwait(false) is not { State.IsAbsent: false } page)
                continue;
            WithheldReason? reason = !asked.Contains(index)
                ? WithheldReason.NamePattern
                : isServed && options.Strategy == IndexStrategy.FirstIndex ? WithheldReason.LaterIndex : null;
            isServed |= reason is null;
            for (var i = 0; i < page.Versions.Length; i++)
            {
                var (first, end) = (page.FirstFiles[i], page.FirstFiles[i + 1]);
                var inTime = Enumerable.Range(first, end - first).Count(file => PageFiles.IsInTime(page, file, latestTicks));
                // Two reasons at once are no remedy, for one word in the manifest would not do.
                if (reason is null ? inTime == end - first : inTime == 0)
                    continue;
                var latest = reason is null ? long.MaxValue : latestTicks;
                var release = new Release(name, page.Versions[i], new PageFiles(page, first, end, latest, reason is null ? end - first : inTime)) { Index = index.Url };
                withheld.Add(reason is { } elsewhere
                    ? new(release, elsewhere, index.Name)
                    : new(release, WithheldReason.TooNew, index.Name) { Published = FirstTooLate(page, first, end, latestTicks), PublishedUntil = options.LatestOf(name) });
            }
        }

        return withheld;
    }

    /// <exception cref="DiagnosticException">A place failed, or lists another file by that name.</exception>
    public async Task<IndexFile?> FindFileAsync(PackageName name, string fileName, Sha256Digest digest, CancellationToken cancellationToken)
    {
        IndexFile? other = null;
        var offline = default(IndexLocation);
        foreach (var index in IndexesFor(name))
        {
            var page = await pages.GetAsync(index, name, cancellationToken).ConfigureAwait(false);
            if (page is null)
                offline ??= index;
            for (var i = 0; i < page?.FileCount; i++)
            {
                if (!string.Equals(page.FileName(i), fileName, StringComparison.Ordinal))
                    continue;
                var file = page.File(i);
                if (file.Sha256 is null || file.Sha256 == digest)
                    return file;
                other = file;
            }
        }

        foreach (var place in links)
        {
            if (await place.FindAsync(name, fileName, cancellationToken).ConfigureAwait(false) is not { } file)
                continue;
            if (file.Sha256 is null || file.Sha256 == digest)
                return file;
            other ??= file;
        }

        if (other is not null)
        {
            throw FetchErrors.Stop(Diagnostic.Error(
                IndexCodes.DigestMismatch,
                $"The file {fileName} at {ShownUrl.Of(other.Url)} is another one than was locked: its SHA-256 is {other.Sha256} and not {digest}.",
                remedy: "Use a mirror that holds the same files, or lock again."));
        }

        return offline is null ? null : throw FetchErrors.Stop(FetchErrors.Offline($"the page of '{name}'", offline.Url));
    }

    private static DateTimeOffset? FirstTooLate(EncodedPage page, int first, int end, long latestTicks)
    {
        var ticks = Enumerable.Range(first, end - first).Where(file => !PageFiles.IsInTime(page, file, latestTicks)).Select(page.UploadTicks)
            .Where(time => time != EncodedPage.NoTime).DefaultIfEmpty(EncodedPage.NoTime).Min();
        return ticks == EncodedPage.NoTime ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    private List<Release> OffersOf(PackageName name, EncodedPage page, IndexLocation index, long latestTicks)
    {
        var releases = new List<Release>(page.Versions.Length);
        var withoutTime = false;
        for (var i = 0; i < page.Versions.Length; i++)
        {
            var (first, end) = (page.FirstFiles[i], page.FirstFiles[i + 1]);
            var count = end - first;
            if (latestTicks != long.MaxValue)
            {
                count = 0;
                for (var file = first; file < end; file++)
                {
                    withoutTime |= page.UploadTicks(file) == EncodedPage.NoTime;
                    count += PageFiles.IsInTime(page, file, latestTicks) ? 1 : 0;
                }
            }

            if (count > 0)
                releases.Add(new(name, page.Versions[i], new PageFiles(page, first, end, latestTicks, count)) { Index = index.Url });
        }

        if (withoutTime && Interlocked.Exchange(ref _hasWarnedOfTimes, 1) == 0)
        {
            options.Report?.Invoke(Diagnostic.Warning(
                IndexCodes.NoUploadTime,
                $"The index {ShownUrl.Of(index.Url)} does not say when some or all files were published; with exclude-newer they are left out.",
                remedy: "Use an index that states upload times (PEP 700), or take exclude-newer out of the manifest."));
        }

        return releases;
    }

    /// <summary>
    /// One list of all, oldest first. What stands earlier wins: a file of a find-links place over the index's of the same name, and of two
    /// indexes that have a version, the first.
    /// </summary>
    private static IReadOnlyList<Release> Unite(List<IReadOnlyList<Release>> offers)
    {
        if (offers.Count == 0)
            return [];
        if (offers.Count == 1)
            return offers[0];

        // Stable, so that offers of one version stay in the order of their places.
        var releases = new List<Release>();
        foreach (var offer in offers.SelectMany(offer => offer).OrderBy(offer => offer.Version))
        {
            if (releases.Count == 0 || !releases[^1].Version.Equals(offer.Version))
                releases.Add(offer);
            else if (releases[^1].Index is null)
                releases[^1] = releases[^1] with { Files = Union(releases[^1].Files, offer.Files), Index = offer.Index };
        }

        return releases;
    }

    private static List<IndexFile> Union(IReadOnlyList<IndexFile> first, IReadOnlyList<IndexFile> second)
    {
        var names = first.Select(file => file.FileName).ToHashSet(StringComparer.Ordinal);
        return [.. first, .. second.Where(file => names.Add(file.FileName))];
    }

    private static Diagnostic? WarningOf(PageState state, PackageName name, IndexLocation index)
    {
        var why = state.StatusReason is { Length: > 0 } reason ? $": {reason.TrimEnd('.')}" : "";
        return state.Status switch
        {
            ProjectStatus.Archived => Diagnostic.Warning(
                IndexCodes.ProjectStatus, $"'{name}' is archived on {index.Name}{why}. No further releases are expected."),
            ProjectStatus.Deprecated => Diagnostic.Warning(
                IndexCodes.ProjectStatus, $"'{name}' is deprecated on {index.Name}{why}.", remedy: "Look for what its authors name instead."),
            ProjectStatus.Quarantined => Diagnostic.Warning(
                IndexCodes.ProjectStatus,
                $"'{name}' is quarantined on {index.Name}{why}: it is held to be unsafe, and offers no files.",
                remedy: $"Do without '{name}' until the index has cleared it."),
            _ => null,
        };
    }
}
