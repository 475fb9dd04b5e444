using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Octokit;

namespace VenvBuild.Remote;

/// <summary>The releases of one repository and the records of their assets, by way of Octokit. Limits are waited for where that is short.</summary>
internal sealed class GitHubReleases
{
    private const int Attempts = 4;
    private const int PageSize = 100;

    private readonly GitHubRepository _repository;
    private readonly ReleasesClient _releases;
    private readonly TimeSpan _longestWait;

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
    public GitHubReleases(GitHubRepository repository, string? token, TimeSpan longestWait)
    {
        _repository = repository;
        _longestWait = longestWait;
        // The connection takes the address as it is; a client that is given one would add /api/v3 to it.
        var connection = new Connection(new ProductHeaderValue("venvbuild", typeof(GitHubReleases).Assembly.GetName().Version?.ToString(3)), repository.Api);
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
            var release = await CallAsync(() => _releases.Get(_repository.Owner, _repository.Name, Shelf.TagOf(number)), cancellationToken, mayBeMissing: true).ConfigureAwait(false);
            return await WithAssetsAsync(number, release, cancellationToken).ConfigureAwait(false);
        }
        catch (NotFoundException)
        {
            return null;
        }
    }

    /// <summary>A shelf that somebody began and nobody has published: asking by tag does not find it.</summary>
    public async Task<Shelf?> FindDraftAsync(int number, CancellationToken cancellationToken)
    {
        var all = await CallAsync(
            () => _releases.GetAll(_repository.Owner, _repository.Name, new ApiOptions { PageSize = PageSize, PageCount = 1 }), cancellationToken).ConfigureAwait(false);
        return all.Where(release => release.Draft && release.TagName == Shelf.TagOf(number)).MinBy(release => release.Id) is { } draft
            ? await WithAssetsAsync(number, draft, cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <summary>Begins a shelf, which others do not see yet.</summary>
    public async Task<Shelf> CreateDraftAsync(int number, CancellationToken cancellationToken)
    {
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
        return new(number, release.Id, true, release.UploadUrl, []);
    }

    /// <summary>Lets others see a shelf. False when another with its tag was published meanwhile, or this one taken away for that.</summary>
    public async Task<bool> TryPublishAsync(Shelf shelf, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(
                () => _releases.Edit(_repository.Owner, _repository.Name, shelf.Id, new ReleaseUpdate { TagName = shelf.Tag, Draft = false, Prerelease = true }),
                cancellationToken, mayBeMissing: true).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is ApiValidationException or NotFoundException)
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
            return [.. assets.Select(asset => new ShelfAsset(
                asset.Id, asset.Name, asset.State == "uploaded", asset.CreatedAt, new(asset.Url), new(asset.BrowserDownloadUrl)))];
        }
        catch (NotFoundException)
        {
            throw new ShelfGoneException();
        }
    }

    private async Task<Shelf> WithAssetsAsync(int number, Release release, CancellationToken cancellationToken) =>
        new(number, release.Id, release.Draft, release.UploadUrl, await AssetsAsync(release.Id, cancellationToken, release.Draft).ConfigureAwait(false));

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
