using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Octokit;

namespace VenvBuild.Remote;

/// <summary>The releases of one repository and the records of their assets, by way of Octokit. Limits are waited for where that is short.</summary>
internal sealed class GitHubReleases
{
    private const int Attempts = 4;
    private const int PageSize = 100;
    // GitHub lists the newest 10,000 releases.
    private const int MaxPages = 100;
    private const int MostGone = 100;

    private readonly GitHubRepository _repository;
    private readonly ReleasesClient _releases;
    private readonly Connection _connection;
    private readonly TimeSpan _longestWait;
    private readonly GitHubPace? _pace;

    // Those that took nothing more, though their record did not say so.
    private readonly HashSet<long> _sealed;

    // What has just been listed need not be listed once more.
    private IReadOnlyList<Release>? _listed;

    // What goes over the wire, Octokit reads and writes by reflection, which the trimmer cannot see.
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(Release))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(List<Release>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(ReleaseAsset))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(List<ReleaseAsset>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(Author))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(NewRelease))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(ReleaseUpdate))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(MakeLatestQualifier))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(StringEnum<MakeLatestQualifier>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(ApiError))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(ApiErrorDetail))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(List<ApiErrorDetail>))]
    public GitHubReleases(GitHubRepository repository, string? token, TimeSpan longestWait, GitHubPace? pace, HashSet<long> isSealed)
    {
        _repository = repository;
        _longestWait = longestWait;
        _pace = pace;
        _sealed = isSealed;
        // The connection takes the address as it is; a client that is given one would add /api/v3 to it.
        var connection = _connection = new Connection(new ProductHeaderValue("venvbuild", typeof(GitHubReleases).Assembly.GetName().Version?.ToString(3)), repository.Api);
        if (token is not null)
            connection.Credentials = new Credentials(token);
        // A whole client has every part of the API in it, and would bring them all into the tool.
        _releases = new ReleasesClient(new ApiConnection(connection));
    }

    /// <summary>A shelf with its assets; null when there is none that is published.</summary>
    public async Task<Shelf?> FindAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await CallAsync(
                () => _connection.Get<Release>(ApiUrls.Releases(_repository.Owner, _repository.Name, Shelf.TagOf(number)), null), cancellationToken, mayBeMissing: true).ConfigureAwait(false);
            return await WithAssetsAsync(number, answer.Body, ImmutableIn(answer), cancellationToken).ConfigureAwait(false);
        }
        catch (NotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// All shelves that are published, by their numbers. Where releases are immutable, each publication makes one, so that asking for one
    /// after another would take long, and where one was taken away its number is never given again.
    /// </summary>
    public async Task<IReadOnlyList<Shelf>> ListAsync(CancellationToken cancellationToken)
    {
        var shelves = new List<Shelf>();
        for (var page = 1; page <= MaxPages; page++)
        {
            var parameters = new Dictionary<string, string>
            {
                ["per_page"] = PageSize.ToString(CultureInfo.InvariantCulture),
                ["page"] = page.ToString(CultureInfo.InvariantCulture),
            };
            var answer = await CallAsync(
                () => _connection.Get<List<Release>>(ApiUrls.Releases(_repository.Owner, _repository.Name), parameters), cancellationToken).ConfigureAwait(false);
            var immutable = ImmutableIn(answer);
            if (page == 1)
                _listed = answer.Body;
            shelves.AddRange(answer.Body.Where(release => !release.Draft && Shelf.NumberOf(release.TagName) is not null).Select(release =>
                Of(Shelf.NumberOf(release.TagName)!.Value, release, immutable, [.. (release.Assets ?? []).Select(Of)])));
            if (answer.Body.Count < PageSize)
                break;
        }

        return [.. shelves.OrderBy(shelf => shelf.Number)];
    }

    /// <summary>Remembers that a shelf takes nothing more.</summary>
    public void Seal(Shelf shelf)
    {
        lock (_sealed)
            _sealed.Add(shelf.Id);
    }

    /// <summary>A shelf that somebody began and nobody has published: asking by tag does not find it.</summary>
    public async Task<Shelf?> FindDraftAsync(int number, CancellationToken cancellationToken)
    {
        var all = Interlocked.Exchange(ref _listed, null) ?? await CallAsync(
            () => _releases.GetAll(_repository.Owner, _repository.Name, new ApiOptions { PageSize = PageSize, PageCount = 1 }), cancellationToken).ConfigureAwait(false);
        return all.Where(release => release.Draft && release.TagName == Shelf.TagOf(number)).MinBy(release => release.Id) is { } draft
            ? await WithAssetsAsync(number, draft, [], cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <summary>Begins a shelf, which others do not see yet.</summary>
    public async Task<Shelf> CreateDraftAsync(int number, CancellationToken cancellationToken)
    {
        using var turn = await TurnAsync(cancellationToken).ConfigureAwait(false);
        // The tag is asked for when the draft is published.
        var release = await CallAsync(
            () => _releases.Create(_repository.Owner, _repository.Name, new NewRelease(Shelf.TagOf(number))
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"Python environments ({number})"),
                Body = "Layers and descriptions of Python environments, for dotnet pyenv. Not a release of this project.",
                Draft = true,
                // So that it is never taken for the project's latest release.
                Prerelease = true,
            }),
            cancellationToken).ConfigureAwait(false);
        return new(number, release.Id, true, false, release.UploadUrl, []);
    }

    /// <summary>Lets others see a shelf. False when another with its tag was published meanwhile, or this one taken away for that.</summary>
    public async Task<bool> TryPublishAsync(Shelf shelf, CancellationToken cancellationToken)
    {
        for (var number = shelf.Number; ; number++)
        {
            try
            {
                using var turn = await TurnAsync(cancellationToken).ConfigureAwait(false);
                await CallAsync(
                    () => _releases.Edit(_repository.Owner, _repository.Name, shelf.Id, new ReleaseUpdate { TagName = Shelf.TagOf(number), Draft = false, Prerelease = true }),
                    cancellationToken, mayBeMissing: true).ConfigureAwait(false);
                return true;
            }
            catch (ApiValidationException e) when (number - shelf.Number < MostGone && IsOfGone(e))
            {
                // The tag of an immutable release that was taken away is never given again; another number will do.
            }
            catch (ApiValidationException)
            {
                // Whether the tag is another's, or somebody who was filling the same draft has published it.
                return await IsPublishedAsync(shelf, cancellationToken).ConfigureAwait(false);
            }
            catch (NotFoundException)
            {
                return false;
            }
        }
    }

    private async Task<bool> IsPublishedAsync(Shelf shelf, CancellationToken cancellationToken)
    {
        try
        {
            var release = await CallAsync(() => _releases.Get(_repository.Owner, _repository.Name, shelf.Id), cancellationToken, mayBeMissing: true).ConfigureAwait(false);
            return !release.Draft;
        }
        catch (NotFoundException)
        {
            return false;
        }
    }

    /// <summary>Takes a draft away that another's shelf made superfluous.</summary>
    public Task DeleteAsync(Shelf shelf, CancellationToken cancellationToken) =>
        CallAsync(() => Gone(_releases.Delete(_repository.Owner, _repository.Name, shelf.Id)), cancellationToken);

    /// <summary>Takes an asset away; one that is gone already is as good.</summary>
    public Task DeleteAssetAsync(ShelfAsset asset, CancellationToken cancellationToken) =>
        CallAsync(() => Gone(_releases.DeleteAsset(_repository.Owner, _repository.Name, (int)asset.Id)), cancellationToken);

    /// <summary>The assets of a shelf as they are now.</summary>
    /// <exception cref="ShelfGoneException">It is a draft, and it was taken away.</exception>
    public async Task<IReadOnlyList<ShelfAsset>> AssetsAsync(long shelfId, CancellationToken cancellationToken, bool isDraft = false)
    {
        try
        {
            var assets = await CallAsync(
                () => _releases.GetAllAssets(_repository.Owner, _repository.Name, shelfId, new ApiOptions { PageSize = PageSize }), cancellationToken, mayBeMissing: isDraft).ConfigureAwait(false);
            return [.. assets.Select(Of)];
        }
        catch (NotFoundException)
        {
            throw new ShelfGoneException();
        }
    }

    private async Task<Shelf> WithAssetsAsync(int number, Release release, HashSet<long> immutable, CancellationToken cancellationToken) =>
        Of(number, release, immutable, await AssetsAsync(release.Id, cancellationToken, release.Draft).ConfigureAwait(false));

    private Shelf Of(int number, Release release, HashSet<long> immutable, IReadOnlyList<ShelfAsset> assets)
    {
        lock (_sealed)
            return new(number, release.Id, release.Draft, immutable.Contains(release.Id) || _sealed.Contains(release.Id), release.UploadUrl, assets);
    }

    private static ShelfAsset Of(ReleaseAsset asset) => new(asset.Id, asset.Name, asset.State == "uploaded", asset.CreatedAt, new(asset.Url), new(asset.BrowserDownloadUrl));

    /// <summary>The releases of an answer that are immutable, which Octokit's record does not say.</summary>
    private static HashSet<long> ImmutableIn(IApiResponse<object> answer)
    {
        if (answer.HttpResponse.Body is not string text)
            return [];
        using var document = JsonDocument.Parse(text);
        var releases = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray().ToArray() : [document.RootElement];
        return [.. releases.Where(release => release.TryGetProperty("immutable", out var value) && value.ValueKind == JsonValueKind.True).Select(release => release.GetProperty("id").GetInt64())];
    }

    private static bool IsOfGone(ApiValidationException refusal) =>
        refusal.ApiError?.Errors?.Any(error => error.Message?.Contains("immutable release", StringComparison.OrdinalIgnoreCase) == true) == true;

    private async Task<IDisposable?> TurnAsync(CancellationToken cancellationToken) =>
        _pace is null ? null : await _pace.TakeAsync(cancellationToken).ConfigureAwait(false);

    private static async Task<bool> Gone(Task deletion)
    {
        try
        {
            await deletion.ConfigureAwait(false);
        }
        catch (NotFoundException)
        {
            // Another was quicker.
        }

        return true;
    }

    private async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken, bool mayBeMissing = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan pause;
            try
            {
                return await call().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RateLimitExceededException e)
            {
                pause = e.Reset - DateTimeOffset.UtcNow;
                if (pause > _longestWait || attempt == Attempts)
                    throw GitHubFault.RateLimited(_repository, e.Reset, e);
            }
            catch (Exception e) when (e is SecondaryRateLimitExceededException or AbuseException)
            {
                pause = GitHubFault.RetryAfter((ApiException)e) ?? TimeSpan.FromSeconds(60);
                if (pause > _longestWait || attempt == Attempts)
                    throw GitHubFault.RateLimited(_repository, DateTimeOffset.UtcNow + pause, e);
            }
            // What one may not see is not there, GitHub says.
            catch (Exception e) when (e is AuthorizationException or ForbiddenException || (e is NotFoundException && !mayBeMissing))
            {
                throw GitHubFault.Unauthorized(_repository, e);
            }
            catch (ApiException e) when (e is not NotFoundException and not ApiValidationException)
            {
                if ((int)e.StatusCode < 500 || attempt == Attempts)
                    throw PlaceFault.Answered(_repository.Api, e.StatusCode);
                pause = PlaceClient.PauseAfter(attempt);
            }
            catch (Exception e) when (PlaceClient.IsBroken(e, cancellationToken))
            {
                if (attempt == Attempts)
                    throw PlaceFault.Unreachable(_repository.Api, e);
                pause = PlaceClient.PauseAfter(attempt);
            }

            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }
}
