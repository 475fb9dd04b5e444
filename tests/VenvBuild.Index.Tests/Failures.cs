using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

public sealed class Failures
{
    private const string Page = "/simple/demo/";

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_server_error_that_passes_is_not_seen(int status)
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        world.Index.Order(Page, LoopbackAnswer.OfStatus(status), LoopbackAnswer.OfStatus(status, ("Retry-After", "0")));
        Assert.Equal(["1.0"], await world.VersionsAsync("demo"));
        Assert.Equal(3, world.Index.Count(Page));
    }

    [Fact]
    public async Task A_server_error_for_ever_is_told_after_a_few_attempts()
    {
        await using var world = new World();
        world.Index.Always(Page, LoopbackAnswer.OfStatus(500));
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo"));
        Assert.Equal(IndexCodes.ServerFailed, failure.Code);
        Assert.Contains("500 (internal server error)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'demo'", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, world.Index.Count(Page));
    }

    [Fact]
    public async Task A_server_that_asks_for_an_hour_is_not_waited_for()
    {
        await using var world = new World();
        world.Index.Always(Page, LoopbackAnswer.OfStatus(429, ("Retry-After", "3600")));
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo"));
        Assert.Equal(IndexCodes.ServerFailed, failure.Code);
        Assert.Contains("3600 s", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, world.Index.Count(Page));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task A_connection_that_breaks_is_made_again(int bytes)
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        world.Index.Order(Page, new LoopbackAnswer(200, "application/vnd.pypi.simple.v1+json", new byte[500]) { CloseAfter = bytes });
        Assert.Equal(["1.0"], await world.VersionsAsync("demo"));
    }

    [Fact]
    public async Task A_connection_that_always_breaks_is_told()
    {
        await using var world = new World();
        world.Index.Always(Page, new LoopbackAnswer(200, "application/vnd.pypi.simple.v1+json", new byte[500]) { CloseAfter = 100 });
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo"));
        Assert.Equal(IndexCodes.ConnectionFailed, failure.Code);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_told()
    {
        await using var world = new World();
        var gone = new LoopbackIndex();
        await gone.DisposeAsync();
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo", world.Options(gone.Simple)));
        Assert.Equal(IndexCodes.ConnectionFailed, failure.Code);
        Assert.Contains(gone.Simple.AbsoluteUri, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_an_address_is_told()
    {
        await using var world = new World();
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo", world.Options(new Uri("http://no-such-host.invalid/simple/"))));
        Assert.Equal(IndexCodes.HostUnknown, failure.Code);
        Assert.Contains("no-such-host.invalid", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_tls_behind_https_is_told()
    {
        await using var world = new World();
        var url = new UriBuilder(world.Index.Simple) { Scheme = "https" }.Uri;
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo", world.Options(url)));
        Assert.Equal(IndexCodes.TlsFailed, failure.Code);
    }

    [Fact]
    public async Task A_stall_is_ended_and_asked_again()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        var stall = new LoopbackAnswer(200, "application/vnd.pypi.simple.v1+json", new byte[500]) { Stalls = true };
        world.Index.Order(Page, stall);
        var options = world.Options() with { StallTimeout = TimeSpan.FromMilliseconds(300) };
        Assert.Equal(["1.0"], await world.VersionsAsync("demo", options));
        world.Index.Always("/simple/other/", stall);
        var failure = await World.FailureAsync(() => world.VersionsAsync("other", options));
        Assert.Equal(IndexCodes.TimedOut, failure.Code);
        Assert.Contains("0.3 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_page_is_no_index()
    {
        await using var world = new World();
        world.Index.Always(Page, LoopbackAnswer.LoginPage);
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo"));
        Assert.Equal(IndexCodes.NotAnIndex, failure.Code);
        Assert.Contains("login page", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "demo")]
    [InlineData("application/json", "{}")]
    [InlineData("application/vnd.pypi.simple.v1+json", "{\"meta\":{\"api-version\":\"2.0\"},\"name\":\"demo\",\"files\":[]}")]
    [InlineData("application/vnd.pypi.simple.v1+json", "{\"name\":\"other\",\"files\":[]}")]
    [InlineData("application/vnd.pypi.simple.v1+json", "{\"name\":\"demo\",\"files\":[")]
    public async Task What_is_no_page_of_the_simple_api_is_refused(string type, string body)
    {
        await using var world = new World();
        world.Index.Always(Page, new LoopbackAnswer(200, type, System.Text.Encoding.UTF8.GetBytes(body)));
        Assert.Equal(IndexCodes.NotAnIndex, (await World.FailureAsync(() => world.VersionsAsync("demo"))).Code);
    }

    [Fact]
    public async Task An_old_index_of_a_project_without_files_is_one()
    {
        await using var world = new World();
        world.Index.Always(Page, LoopbackAnswer.Html("<html><head><title>Links for demo</title></head><body><h1>Links for demo</h1></body></html>"));
        Assert.Empty(await world.VersionsAsync("demo"));
    }

    [Fact]
    public async Task A_page_over_the_bound_is_refused_also_when_it_is_small_while_packed()
    {
        await using var world = new World();
        var options = world.Options() with { Limits = new() { Page = 100_000 } };
        var type = "application/vnd.pypi.simple.v1+json";
        world.Index.Always(Page, new LoopbackAnswer(200, type, new byte[100_001]));
        Assert.Equal(IndexCodes.TooLarge, (await World.FailureAsync(() => world.VersionsAsync("demo", options))).Code);
        world.Index.Always("/simple/endless/", new LoopbackAnswer(200, type, new byte[10_000]) { IsEndless = true });
        Assert.Equal(IndexCodes.TooLarge, (await World.FailureAsync(() => world.VersionsAsync("endless", options))).Code);
        for (var i = 0; i < 3000; i++)
            world.Index.Add(new("bomb", $"bomb-{i}-py3-none-any.whl", [1]));
        Assert.Equal(IndexCodes.TooLarge, (await World.FailureAsync(() => world.VersionsAsync("bomb", options))).Code);
        Assert.Single(world.Index.Requests, request => request.Path == "/simple/bomb/");
    }

    [Fact]
    public async Task An_answer_of_not_acceptable_is_asked_again_for_html()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        world.Index.Order(Page, LoopbackAnswer.OfStatus(406));
        Assert.Equal(["1.0"], await world.VersionsAsync("demo"));
        Assert.Equal("text/html", world.Index.Requests[^1].Header("Accept"));
        world.Index.Always("/simple/other/", LoopbackAnswer.OfStatus(406));
        Assert.Equal(IndexCodes.NotAnIndex, (await World.FailureAsync(() => world.VersionsAsync("other"))).Code);
    }

    [Fact]
    public async Task Any_other_answer_is_told_as_it_is()
    {
        await using var world = new World();
        world.Index.Always(Page, LoopbackAnswer.OfStatus(418));
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo"));
        Assert.Equal(IndexCodes.UnexpectedAnswer, failure.Code);
        Assert.Contains("418", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_followed_and_relative_links_count_from_where_they_lead()
    {
        await using var world = new World();
        await using var other = new LoopbackIndex();
        world.AddWheel("demo", "1.0", index: other);
        world.Index.Always(Page, LoopbackAnswer.Redirect(new Uri(other.Simple, "demo/").AbsoluteUri, 301));
        await using var source = new PackageIndex(world.Options());
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        Assert.Equal(other.Root.Port, list.Releases[0].Files[0].Url.Port);
    }

    [Theory]
    [InlineData("/simple/demo/", "10 times")]
    [InlineData("file:///etc/passwd", "not https")]
    [InlineData("ftp://example.invalid/", "not https")]
    public async Task Redirects_in_circles_or_to_other_schemes_are_refused(string location, string why)
    {
        await using var world = new World();
        world.Index.Always(Page, LoopbackAnswer.Redirect(location));
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo"));
        Assert.Equal(IndexCodes.BadRedirect, failure.Code);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_at_once_and_disposal_the_work()
    {
        await using var world = new World();
        world.Index.Always(Page, new LoopbackAnswer(200, "text/html", new byte[100]) { Stalls = true });
        var source = new PackageIndex(world.Options());
        using var cancel = new CancellationTokenSource();
        var asked = source.GetReleasesAsync(World.Name("demo"), cancel.Token).AsTask();
        source.Prefetch(World.Name("demo"), VersionSpecifiers.Any);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await source.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await source.GetReleasesAsync(World.Name("demo"), World.Stop));
        source.Prefetch(World.Name("demo"), VersionSpecifiers.Any);
    }

    [Fact]
    public void An_address_that_is_not_of_the_web_is_a_mistake_of_use()
    {
        var failure = Assert.Throws<DiagnosticException>(() => new IndexLocation("corp", new Uri("ftp://user:secret@host/simple")));
        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }
}
