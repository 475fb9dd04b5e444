using System.Net;
using System.Net.Http.Headers;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>One round trip from a manifest to a lock, the same lock as the client would make.</summary>
public sealed class ResolvingLocks : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0", "other>=1").Add("thing", "2.0", "other>=1").Add("other", "1.5");

    [Fact]
    public async Task A_manifest_is_answered_by_its_lock_which_is_kept_under_its_digest()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        using var answer = await server.AskAsync(_index.Manifest("thing"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var content = await answer.Content.ReadAsByteArrayAsync(TestServer.Stop);
        var digest = $"sha256:{Sha256Digest.Of(content)}";
        Assert.Equal($"/v1/locks/{digest}", answer.Content.Headers.ContentLocation?.OriginalString);
        Assert.Equal($"\"{digest}\"", answer.Headers.ETag?.Tag);

        using var kept = await server.Client.GetAsync(answer.Content.Headers.ContentLocation, TestServer.Stop);
        Assert.Equal(content, await kept.Content.ReadAsByteArrayAsync(TestServer.Stop));
        Assert.Contains("immutable", kept.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        using var conditional = new HttpRequestMessage(HttpMethod.Get, answer.Content.Headers.ContentLocation) { Headers = { IfNoneMatch = { new EntityTagHeaderValue($"\"{digest}\"") } } };
        using var unchanged = await server.Client.SendAsync(conditional, TestServer.Stop);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var absent = await server.Client.GetAsync(new Uri($"v1/locks/{new string('0', 64)}", UriKind.Relative), TestServer.Stop);
        Assert.Equal(ServerProblemTypes.NotFound, (await TestServer.ProblemAsync(absent)).Type);
    }

    [Fact]
    public async Task The_same_question_is_answered_from_what_is_known_however_it_is_spelt()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        using var first = await server.AskAsync(_index.Manifest("thing"));
        var asked = _index.Requests.Count;
        using var second = await server.AskAsync("# a remark\n" + _index.Manifest("\"Thing\"", "name: other\n"));

        Assert.Equal(await first.Content.ReadAsStringAsync(TestServer.Stop), await second.Content.ReadAsStringAsync(TestServer.Stop));
        Assert.Equal(("miss", "hit"), (first.Headers.GetValues("VenvBuild-Cache").Single(), second.Headers.GetValues("VenvBuild-Cache").Single()));
        Assert.Equal(asked, _index.Requests.Count);
    }

    [Fact]
    public async Task An_answer_that_is_no_longer_fresh_is_made_anew()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Indexes:Freshness=00:00:00");
        using var first = await server.AskAsync(_index.Manifest("thing"));
        _index.Add("thing", "3.0");
        using var second = await server.AskAsync(_index.Manifest("thing"));

        Assert.Contains("thing-2.0", await first.Content.ReadAsStringAsync(TestServer.Stop), StringComparison.Ordinal);
        Assert.Contains("thing-3.0", await second.Content.ReadAsStringAsync(TestServer.Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifty_who_ask_the_same_at_once_have_one_solve()
    {
        _index.Latency = TimeSpan.FromMilliseconds(100);
        await using var server = await TestServer.StartAsync(_index.Allowed());

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.AskAsync(_index.Manifest("thing"))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Single(answers.Select(answer => answer.Headers.ETag!.Tag).Distinct());
        Assert.Equal(1, server.Locks.Solves);
    }

    [Fact]
    public async Task What_cannot_be_satisfied_is_refused_with_the_derivation()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        using var answer = await server.AskAsync(_index.Manifest("thing, other>2"));

        var problem = await TestServer.ProblemAsync(answer);
        Assert.Equal((422, ServerProblemTypes.Unsatisfiable), (problem.Status, problem.Type));
        Assert.Contains("other", $"{problem.Diagnostics[0].Message} {problem.Diagnostics[0].Detail}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_in_error_is_refused_with_its_places()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        using var answer = await server.AskAsync("requirements: [thing]\nrequirments: []\n", new() { Platform = "linux-x64" });

        var problem = await TestServer.ProblemAsync(answer);
        Assert.Equal((422, ServerProblemTypes.BadManifest, 2), (problem.Status, problem.Type, problem.Diagnostics[0].Line));
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"manifest":null}""", 400)]
    [InlineData("""{"manifest":"requirements: [a]","sources":[null],"options":{"platform":"linux-x64"}}""", 422)]
    [InlineData("""{"manifest":"requirements: [a]","sources":[{"findLinks":"x","files":[{"name":"a","sha256":"0"}]}],"options":{"platform":"linux-x64"}}""", 422)]
    [InlineData("""{"manifest":"requirements: [a]","options":{"platform":"amiga"}}""", 400)]
    [InlineData("""{"manifest":"requirements: [a]","options":{"platform":"linux-x64","upgradePackages":["?"]}}""", 422)]
    [InlineData("""{"manifest":"requirements: [a]","lock":"no toml","options":{"platform":"linux-x64"}}""", 422)]
    [InlineData("""{"manifest":"requirements: [a]","options":{"tool":"9.0.0"}}""", 409)]
    [InlineData("""{"manifest":"requirements: [\"a @ http://169.254.169.254/a-1-py3-none-any.whl\"]","options":{"platform":"linux-x64"}}""", 409)]
    public async Task A_request_that_makes_no_sense_is_the_senders_fault(string body, int status)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new StringContent(body, null, "application/json");
        using var answer = await server.Client.PostAsync(new Uri("v1/locks", UriKind.Relative), content, TestServer.Stop);

        Assert.Equal(status, (await TestServer.ProblemAsync(answer)).Status);
    }

    public async ValueTask DisposeAsync() => await _index.DisposeAsync();
}
