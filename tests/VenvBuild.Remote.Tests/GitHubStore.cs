using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Remote.Tests;

/// <summary>Environments in the releases of a repository, against a stand-in that keeps to GitHub's documented rules.</summary>
public sealed class GitHubStore : IAsyncDisposable
{
    private readonly GitHubStandIn _github = new();
    private readonly TestFolder _cache = new();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly List<GitHubReleaseStore> _stores = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_push_sends_layers_then_signatures_then_the_description_and_then_lets_others_see_it()
    {
        var made = new MadeEnvironment("a-1.0", "b-1.0");
        var outcome = await Store().PublishAsync(made.Publication(_key), Token);

        Assert.Equal(new(false, 2, made.LayerBytes), outcome);
        Assert.Equal(
            ["GET pyenv-1", "GET releases", "POST releases", "POST layer", "POST layer", "POST signatures", "POST manifest", "PATCH release"], _github.Calls);
        var (tag, isDraft, assets) = Assert.Single(_github.Releases);
        Assert.Equal(("pyenv-1", false, 4), (tag, isDraft, assets.Count));
        Assert.Contains($"{made.Plan.Key}.json", assets);
    }

    [Fact]
    public async Task A_second_unchanged_push_sends_nothing()
    {
        var made = new MadeEnvironment("a-1.0", "b-1.0");
        await Store().PublishAsync(made.Publication(_key), Token);
        _github.Clear();

        Assert.Equal(new(true, 0, 0), await Store().PublishAsync(made.Publication(_key), Token));
        Assert.Equal(["GET pyenv-1", "GET assets", "GET pyenv-2", "GET asset", "GET bytes", "GET asset", "GET bytes"], _github.Calls);
        Assert.Equal(0, _github.BytesTaken);
    }

    [Fact]
    public async Task Of_a_hundred_packages_with_one_bumped_only_its_layer_is_sent()
    {
        var before = MadeEnvironment.Wheels(100);
        await Store(_github.Token, clock: new LeapingClock()).PublishAsync(new MadeEnvironment(before).Publication(), Token);
        _github.Clear();

        var outcome = await Store().PublishAsync(new MadeEnvironment([.. before[1..], "p0-2.0"]).Publication(), Token);
        Assert.Equal(1, outcome.LayersMoved);
        Assert.Single(_github.Calls, "POST layer");
        Assert.Single(_github.Calls, "POST manifest");
        Assert.InRange(_github.BytesTaken, outcome.BytesMoved, outcome.BytesMoved + 60_000);
        Assert.Equal(103, _github.Releases[0].Assets.Count);
    }

    [Fact]
    public async Task Where_releases_are_immutable_each_push_is_a_release_of_its_own_and_all_are_read()
    {
        _github.HasImmutableReleases = true;
        var before = MadeEnvironment.Wheels(5);
        var (one, two) = (new MadeEnvironment(before), new MadeEnvironment([.. before[1..], "p0-2.0"]));
        await Store().PublishAsync(one.Publication(_key), Token);
        _github.Clear();

        Assert.Equal(1, (await Store().PublishAsync(two.Publication(_key), Token)).LayersMoved);
        Assert.Equal(
            ["GET pyenv-1", "GET assets", "GET releases", "POST releases", "POST layer", "POST signatures", "POST manifest", "PATCH release"], _github.Calls);
        Assert.Equal(["pyenv-1", "pyenv-2"], _github.Releases.Select(release => release.Tag));
        Assert.True((await Store().PublishAsync(two.Publication(_key), Token)).IsUnchanged);

        // Another signer adds to what cannot be replaced: the newer file holds both.
        using var other = SigningKey.Create();
        Assert.False((await Store().PublishAsync(one.Publication(other), Token)).IsUnchanged);
        Assert.Equal("pyenv-3", _github.Releases[^1].Tag);
        foreach (var (made, signatures) in new[] { (one, 2), (two, 1) })
        {
            var store = Store();
            Assert.Equal(signatures, SignatureFile.Parse((await store.FindEnvironmentAsync(made.Plan.Key, Token))!.Signatures!.Value.Span).Count);
            await made.AssertIsGivenByAsync(store);
        }
    }

    [Fact]
    public async Task However_many_immutable_releases_there_are_few_requests_find_what_is_in_them()
    {
        _github.HasImmutableReleases = true;
        var made = Enumerable.Range(0, 12).Select(i => new MadeEnvironment($"a-1.{i}", "b-1.0")).ToList();
        foreach (var environment in made)
            await Store().PublishAsync(environment.Publication(), Token);
        // Anybody may take a release away, and its tag is never given again.
        _github.RemoveRelease("pyenv-1");
        _github.RemoveRelease("pyenv-12");
        await Store().PublishAsync(made[11].Publication(), Token);
        await Store().PublishAsync(made[0].Publication(), Token);
        Assert.DoesNotContain("pyenv-12", _github.Releases.Select(release => release.Tag));
        _github.Clear();

        foreach (var environment in made)
        {
            var store = Store();
            Assert.NotNull(await store.FindEnvironmentAsync(environment.Plan.Key, Token));
            await environment.AssertIsGivenByAsync(store);
        }

        Assert.Equal(12 * 2, _github.Calls.Count(call => call is "GET pyenv-1" or "GET releases"));
        Assert.DoesNotContain("GET assets", _github.Calls);
    }

    [Fact]
    public async Task Two_pushers_at_once_into_immutable_releases_both_end_whole_and_nothing_that_was_published_is_taken_away()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var github = new GitHubStandIn { HasImmutableReleases = true };
            using var other = SigningKey.Create();
            var (one, two) = (new MadeEnvironment("a-1.0", "b-1.0", "c-1.0"), new MadeEnvironment("b-1.0", "c-1.0", "d-1.0"));
            await Task.WhenAll(
                Store(github).PublishAsync(one.Publication(_key), Token),
                Store(github).PublishAsync(two.Publication(_key), Token),
                Store(github).PublishAsync(one.Publication(other), Token));
            Assert.All(github.Releases, release => Assert.False(release.IsDraft));
            foreach (var (made, signatures) in new[] { (one, 2), (two, 1) })
            {
                var store = Store(github);
                Assert.Equal(signatures, SignatureFile.Parse((await store.FindEnvironmentAsync(made.Plan.Key, Token))!.Signatures!.Value.Span).Count);
                await made.AssertIsGivenByAsync(store);
            }
        }
    }

    [Fact]
    public async Task Signatures_of_all_who_sign_at_once_are_there_in_the_end() =>
        await SigningAtOnce.CheckAsync(() => new GitHubReleaseStore(new("github.com", "owner", "repo", _github.Root), _cache.Path, name => name == "GITHUB_TOKEN" ? _github.Token : null)
        {
            StarterPause = TimeSpan.FromMilliseconds(50),
        }, isAtOnce: true);

    [Fact]
    public async Task Pushes_stay_below_what_GitHub_takes_a_minute_and_an_hour_and_say_when_they_wait()
    {
        var clock = new LeapingClock();
        _github.Clock = clock;
        var made = new MadeEnvironment(MadeEnvironment.Wheels(600));
        var said = new List<PublishProgress>();
        var store = Store(_github.Token, clock: clock);
        await store.PublishAsync(made.Publication(_key) with { Progress = new Collected(said) }, Token);

        Assert.Equal(0, _github.TurnedAway);
        Assert.Equal(602, _github.Releases[0].Assets.Count);
        Assert.InRange(clock.Waited, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        lock (said)
        {
            // Six waits for the minute, one for the hour, and one more for the minute after that.
            Assert.InRange(said.Count(progress => progress.Pause > TimeSpan.Zero), 7, 9);
            Assert.Contains(said, progress => progress.Pause > TimeSpan.FromMinutes(50));
            Assert.Contains(said, progress => progress is { Done: 600, Total: 600 });
        }
    }

    [Fact]
    public async Task An_Enterprise_server_has_no_such_limits_and_is_not_waited_for()
    {
        var clock = new LeapingClock();
        var store = Store(_github.Token, clock: clock, host: "ghe.example");
        await store.PublishAsync(new MadeEnvironment(MadeEnvironment.Wheels(120)).Publication(), Token);
        Assert.Equal(TimeSpan.Zero, clock.Waited);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_published_comes_back_to_the_byte_and_no_token_goes_to_another_host(bool isPrivate)
    {
        var made = new MadeEnvironment("a-1.0", "b-1.0");
        await Store().PublishAsync(made.Publication(_key), Token);
        _github.IsPrivate = isPrivate;
        _github.Clear();

        var store = Store(isPrivate ? _github.Token : null);
        var offer = await store.FindEnvironmentAsync(made.Plan.Key, Token);
        Assert.Equal(made.Manifest.ToUtf8Bytes(), offer!.Manifest.ToArray());
        Assert.Single(SignatureFile.Parse(offer.Signatures!.Value.Span));
        await made.AssertIsGivenByAsync(store);
        var get = isPrivate ? "GET asset" : "GET download";
        Assert.Equal(["GET pyenv-1", "GET assets", "GET pyenv-2", get, "GET bytes", get, "GET bytes", get, "GET bytes", get, "GET bytes"], _github.Calls);
        Assert.Empty(_github.Leaks);
        Assert.Null(await store.FindEnvironmentAsync(new MadeEnvironment("c-1.0").Plan.Key, Token));
    }

    [Fact]
    public async Task Two_pushers_at_once_end_with_one_whole_release()
    {
        for (var round = 0; round < 3; round++)
        {
            await using var github = new GitHubStandIn();
            var (one, two) = (new MadeEnvironment("a-1.0", "b-1.0", "c-1.0"), new MadeEnvironment("b-1.0", "c-1.0", "d-1.0"));
            await Task.WhenAll(
                Store(github).PublishAsync(one.Publication(_key), Token),
                Store(github).PublishAsync(two.Publication(_key), Token),
                Store(github).PublishAsync(one.Publication(_key), Token));
            var (tag, isDraft, assets) = Assert.Single(github.Releases);
            Assert.Equal(("pyenv-1", false), (tag, isDraft));
            Assert.Equal(8, assets.Count);
            foreach (var made in new[] { one, two })
            {
                var store = Store(github);
                Assert.NotNull((await store.FindEnvironmentAsync(made.Plan.Key, Token))?.Signatures);
                await made.AssertIsGivenByAsync(store);
            }
        }
    }

    [Fact]
    public async Task A_push_that_stopped_goes_on_where_it_was()
    {
        var made = new MadeEnvironment("a-1.0", "b-1.0");
        _github.Fail("POST manifest", 403);
        Assert.Equal("PYENV1853", await CodeAsync(Store().PublishAsync(made.Publication(), Token)));
        Assert.True(Assert.Single(_github.Releases).IsDraft);
        Assert.Null(await Store().FindEnvironmentAsync(made.Plan.Key, Token));
        _github.Clear();

        Assert.Equal(new(false, 0, 0), await Store().PublishAsync(made.Publication(), Token));
        Assert.Equal(["GET pyenv-1", "GET releases", "GET assets"], _github.Calls.Take(3));
        Assert.Equal(["DELETE asset", "POST manifest", "PATCH release"], _github.Calls.TakeLast(3));
        Assert.DoesNotContain("POST layer", _github.Calls);
        Assert.False(Assert.Single(_github.Releases).IsDraft);
    }

    [Theory]
    [InlineData(500, null)]
    [InlineData(502, null)]
    [InlineData(0, null)]
    [InlineData(403, "0")]
    [InlineData(429, "0")]
    public async Task An_upload_that_fails_for_a_moment_is_done_again_without_what_it_left(int status, string? retryAfter)
    {
        var made = new MadeEnvironment("a-1.0");
        _github.Fail("POST layer", status, retryAfter);
        Assert.Equal(1, (await Store().PublishAsync(made.Publication(), Token)).LayersMoved);
        Assert.Equal(
            ["GET pyenv-1", "GET releases", "POST releases", "POST layer", "GET assets", "DELETE asset", "POST layer", "POST manifest", "PATCH release"], _github.Calls);
        await made.AssertIsGivenByAsync(Store());
    }

    [Fact]
    public async Task An_unfinished_upload_of_long_ago_is_taken_away_and_one_at_work_is_waited_for_first()
    {
        var made = new MadeEnvironment("a-1.0");
        _github.AddRelease("pyenv-1");
        _github.LeaveStarter(GitHubReleaseStore.NameOf(made.Manifest.Layers[0].Digest), TimeSpan.FromHours(1));
        await Store().PublishAsync(made.Publication(), Token);
        Assert.Equal(["GET pyenv-1", "GET assets", "GET pyenv-2", "DELETE asset", "POST layer", "POST manifest"], _github.Calls);

        made = new MadeEnvironment("b-1.0");
        _github.LeaveStarter(GitHubReleaseStore.NameOf(made.Manifest.Layers[0].Digest), TimeSpan.Zero);
        _github.Clear();
        await Store().PublishAsync(made.Publication(), Token);
        Assert.True(_github.Calls.Count(call => call == "GET assets") > 2);
        await made.AssertIsGivenByAsync(Store());
    }

    [Fact]
    public async Task A_full_release_is_followed_by_another_and_both_are_read()
    {
        _github.AddRelease("v1.0");
        _github.AddRelease("pyenv-1", assets: 987);
        var made = new MadeEnvironment("a-1.0", "b-1.0");
        await Store().PublishAsync(made.Publication(), Token);
        Assert.Equal(["pyenv-1", "pyenv-2"], _github.Releases.Skip(1).Select(release => release.Tag));
        Assert.Equal(988, _github.Releases[1].Assets.Count);
        Assert.Equal(2, _github.Releases[2].Assets.Count);
        var store = Store();
        Assert.NotNull(await store.FindEnvironmentAsync(made.Plan.Key, Token));
        await made.AssertIsGivenByAsync(store);
    }

    [Fact]
    public async Task A_broken_download_goes_on_where_it_stopped()
    {
        var made = new MadeEnvironment("a-1.0");
        await Store().PublishAsync(made.Publication(), Token);
        _github.Clear();
        _github.Fail("GET bytes", 0);
        await made.AssertIsGivenByAsync(Store());
        Assert.Equal(made.LayerBytes, _github.BytesGiven);
    }

    [Fact]
    public async Task Limits_that_last_and_tokens_that_do_not_do_are_said_so_and_no_token_is_shown()
    {
        var made = new MadeEnvironment("a-1.0");
        _github.Fail("POST layer", 429, "3600");
        Assert.Equal("PYENV1854", await CodeAsync(Store().PublishAsync(made.Publication(), Token)));
        _github.Fail("GET pyenv-1", 403, "3600");
        Assert.Equal("PYENV1854", await CodeAsync(Store().FindEnvironmentAsync(made.Plan.Key, Token)));
        _github.Fail("GET pyenv-1", 403, "0");
        Assert.Null(await Store().FindEnvironmentAsync(made.Plan.Key, Token));
        Assert.Equal("PYENV1853", await CodeAsync(Store("ghs_wrong").FindEnvironmentAsync(made.Plan.Key, Token)));
        Assert.Equal("PYENV1853", await CodeAsync(Store(token: null).PublishAsync(made.Publication(), Token)));
    }

    [Fact]
    public async Task The_real_service_keeps_to_the_same_rules()
    {
        var (repository, token) = (Environment.GetEnvironmentVariable("VENVBUILD_TEST_REPOSITORY"), Environment.GetEnvironmentVariable("GITHUB_TOKEN"));
        Assert.SkipWhen(repository is null || token is null, "Publishes to VENVBUILD_TEST_REPOSITORY with GITHUB_TOKEN, where both are given.");
        var made = new MadeEnvironment($"real-1.{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");
        using var store = new GitHubReleaseStore(GitHubRepository.Parse(repository!, Environment.GetEnvironmentVariable), _cache.Path, Environment.GetEnvironmentVariable);
        Assert.Equal(1, (await store.PublishAsync(made.Publication(_key), Token)).LayersMoved);
        using var again = new GitHubReleaseStore(GitHubRepository.Parse(repository!, Environment.GetEnvironmentVariable), _cache.Path, Environment.GetEnvironmentVariable);
        Assert.True((await again.PublishAsync(made.Publication(_key), Token)).IsUnchanged);
        await made.AssertIsGivenByAsync(again);
    }

    [Theory]
    [InlineData("owner/repo", "https://api.github.com/")]
    [InlineData("github.example/owner/repo", "https://github.example/api/v3/")]
    public void An_Enterprise_server_has_its_API_elsewhere(string text, string api)
    {
        var repository = GitHubRepository.Parse(text, _ => null);
        Assert.Equal(new Uri(api), repository.Api);
        Assert.Equal(text, repository.ToString());
        Assert.Equal(new Uri("https://ghe.example/api/v3/"), GitHubRepository.Parse("o/r", name => name switch
        {
            "GITHUB_SERVER_URL" => "https://ghe.example",
            "GITHUB_API_URL" => "https://ghe.example/api/v3",
            _ => null,
        }).Api);
    }

    [Fact]
    public async Task A_token_goes_only_to_the_host_that_it_is_for()
    {
        Func<string, string?> environment = name => name == "GITHUB_TOKEN" ? "ghs_1" : null;
        Assert.Equal("ghs_1", await GitHubToken.FindAsync("github.com", environment, Token));
        Assert.Null(await GitHubToken.FindAsync("github.invalid", environment, Token));
        Assert.Equal("ghs_1", await GitHubToken.FindAsync("ghe.example", name => name == "GITHUB_SERVER_URL" ? "https://ghe.example" : environment(name), Token));
    }

    public async ValueTask DisposeAsync()
    {
        _stores.ForEach(store => store.Dispose());
        _key.Dispose();
        _cache.Dispose();
        await _github.DisposeAsync();
    }

    private GitHubReleaseStore Store() => Store(_github.Token);

    private GitHubReleaseStore Store(GitHubStandIn github) => Store(github.Token, github);

    private GitHubReleaseStore Store(string? token, GitHubStandIn? github = null, TimeProvider? clock = null, string host = "github.com")
    {
        lock (_stores)
        {
            var store = new GitHubReleaseStore(new(host, "owner", "repo", (github ?? _github).Root), _cache.Path, name => name switch
            {
                "GITHUB_TOKEN" => token,
                "GITHUB_SERVER_URL" => $"https://{host}",
                _ => null,
            })
            {
                Clock = clock ?? TimeProvider.System,
                StarterPause = TimeSpan.FromMilliseconds(50),
            };
            _stores.Add(store);
            return store;
        }
    }

    private sealed class Collected(List<PublishProgress> said) : IProgress<PublishProgress>
    {
        public void Report(PublishProgress value)
        {
            lock (said)
                said.Add(value);
        }
    }

    private async Task<string> CodeAsync(Task work)
    {
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => work);
        Assert.Equal(ExitCode.Integrity, refusal.ExitCode);
        Assert.DoesNotContain("ghs_", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_github.Token, refusal.ToString(), StringComparison.Ordinal);
        return refusal.Diagnostics[0].Code;
    }
}
