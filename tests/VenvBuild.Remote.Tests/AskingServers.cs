using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Remote.Tests;

/// <summary>A server may be anything: absent, slow, endless, rude. The client always comes back, and says which it was.</summary>
public sealed class AskingServers
{
    private static LoopbackAnswer Lock(string text) => new(200, "application/toml", Encoding.UTF8.GetBytes(text));

    private static async Task<ServerFailureException> FailureAsync(LoopbackAnswer answer, TimeSpan? patience = null)
    {
        await using var server = new LoopbackServer((_, _) => answer);
        return await FailureAsync(server.Root, patience);
    }

    private static async Task<ServerFailureException> FailureAsync(Uri server, TimeSpan? patience = null)
    {
        using var client = new ResolverServerClient(server) { Patience = patience ?? TimeSpan.FromSeconds(30) };
        return await Assert.ThrowsAsync<ServerFailureException>(() => client.ResolveAsync(new() { Manifest = "requirements: [a]\n" }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_lock_is_taken_as_it_is_with_its_digest()
    {
        await using var server = new LoopbackServer((_, _) => Lock("lock-version = \"1.0\"\n"));
        using var client = new ResolverServerClient(new Uri(server.Root, "team"), "secret");

        var answer = await client.ResolveAsync(new() { Manifest = "requirements: [a]\n" }, TestContext.Current.CancellationToken);

        Assert.Equal(Sha256Digest.Of("lock-version = \"1.0\"\n"u8), answer.Digest);
        var (head, body) = Assert.Single(server.Requests);
        Assert.Equal(("/team/v1/locks", "Bearer secret"), (head.Path, head.Header("Authorization")));
        Assert.Equal("""{"manifest":"requirements: [a]\n","sources":[],"options":{"upgrade":false,"upgradePackages":[]}}""", body);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unreachable()
    {
        Uri gone;
        await using (var server = new LoopbackServer((_, _) => Lock("")))
            gone = server.Root;

        Assert.Equal("PYENV1901", (await FailureAsync(gone)).Diagnostics[0].Code);
    }

    [Fact]
    public async Task A_server_that_never_ends_its_answer_is_too_slow()
    {
        var failure = await FailureAsync(Lock("lock") with { Stalls = true }, TimeSpan.FromMilliseconds(200));

        Assert.Equal("PYENV1902", failure.Diagnostics[0].Code);
        Assert.Contains("within 0.2 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        var endless = new LoopbackAnswer(200, "application/toml", new byte[1 << 20]) { IsEndless = true };

        Assert.Equal("PYENV1904", (await FailureAsync(endless)).Diagnostics[0].Code);
    }

    [Theory]
    [InlineData(200, "text/html")]
    [InlineData(302, "text/html")]
    [InlineData(500, "text/plain")]
    [InlineData(404, "application/json")]
    public async Task What_is_no_answer_of_the_contract_is_refused(int status, string type)
    {
        var answer = new LoopbackAnswer(status, type, "<p>Please log in</p>"u8.ToArray()) { Headers = new Dictionary<string, string> { ["Location"] = "http://127.0.0.1:1/" } };

        Assert.Equal("PYENV1904", (await FailureAsync(answer)).Diagnostics[0].Code);
    }

    [Fact]
    public async Task A_problem_is_read_and_its_words_cannot_move_the_cursor()
    {
        var problem = """{"type":"urn:venvbuild:problem:sources-needed","status":409,"detail":"Needs\n\u001b[2Jmore","needs":[{"index":"corp","projects":["a"]}],"other":1}"""u8.ToArray();

        var failure = await FailureAsync(new LoopbackAnswer(409, "application/problem+json", problem));

        Assert.Equal("PYENV1903", failure.Diagnostics[0].Code);
        Assert.DoesNotContain('\u001b', failure.Message);
        Assert.Equal(ServerProblemTypes.SourcesNeeded, failure.Problem!.Type);
        Assert.Equal(("corp", "a"), (failure.Problem.Needs[0].Index, failure.Problem.Needs[0].Projects[0]));
    }

    [Fact]
    public async Task A_refused_token_is_told_with_where_to_put_another()
    {
        var failure = await FailureAsync(new LoopbackAnswer(401, "application/problem+json", """{"status":401,"detail":"The token is unknown."}"""u8.ToArray()));

        Assert.Contains("VENVBUILD_SERVER_TOKEN", failure.Diagnostics[0].Remedy, StringComparison.Ordinal);
    }
}
