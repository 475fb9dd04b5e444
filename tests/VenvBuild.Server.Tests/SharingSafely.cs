using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>What strangers and clients cannot do to a server; the threat table in its README names these.</summary>
public sealed class SharingSafely : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0");

    private static async Task<HttpStatusCode> StatusAsync(TestServer server, string manifest, string? token)
    {
        server.Client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await server.AskAsync(manifest);
        if (answer.StatusCode != HttpStatusCode.OK)
            await TestServer.ProblemAsync(answer);
        return answer.StatusCode;
    }

    [Fact]
    public async Task A_token_does_what_its_scopes_say_until_it_is_revoked()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Access:Anonymous=none");
        var tokens = server.Get<TokenStore>();
        var (resolver, resolving) = await tokens.MakeAsync("ci", AccessScopes.Resolve, TestServer.Stop);
        var (_, reading) = await tokens.MakeAsync("guest", AccessScopes.Read, TestServer.Stop);
        var (_, administering) = await tokens.MakeAsync("boss", AccessScopes.Admin, TestServer.Stop);
        var manifest = _index.Manifest("thing");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, manifest, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, manifest, "vb_0_0"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, manifest, resolving[..^1] + (resolving[^1] == '0' ? '1' : '0')));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(server, manifest, reading));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, manifest, administering));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, manifest, resolving));
        await tokens.RevokeAsync(resolver.Id, TestServer.Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, manifest, resolving));
    }

    [Fact]
    public async Task A_tokens_secret_is_nowhere_in_the_database()
    {
        await using var server = await TestServer.StartAsync();
        var (_, text) = await server.Get<TokenStore>().MakeAsync("ci", AccessScopes.Resolve, TestServer.Stop);
        await using var catalog = server.Get<CatalogFactory>().Open();
        var row = await catalog.Tokens.SingleAsync(TestServer.Stop);

        var secret = text.Split('_')[2];
        Assert.DoesNotContain(secret, $"{row.Id} {row.Name} {Encoding.UTF8.GetString(row.Hash)} {Convert.ToHexStringLower(row.Hash)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_with_a_password_is_asked_with_the_servers_own_which_nobody_else_sees()
    {
        const string Password = "s3cret p@ss:word";
        _index.Authorization = $"robot:{Password}";
        await using (var without = await TestServer.StartAsync(_index.Allowed()))
        {
            using var refused = await without.AskAsync(_index.Manifest("thing"));
            Assert.Equal(502, (await TestServer.ProblemAsync(refused)).Status);
        }

        await using var server = await TestServer.StartAsync(
            _index.Allowed(), $"Indexes:CredentialsOf:0:Url={_index.Simple}", "Indexes:CredentialsOf:0:User=robot", $"Indexes:CredentialsOf:0:Password={Password}");
        var toml = await server.Client.LockAsync(_index, "thing");
        using var asked = await server.Client.BuildAsync(toml);
        var key = await asked.KeyAsync();
        await server.Client.UntilAsync(key, EnvironmentStatus.Ready);
        var said = toml + await server.Client.GetStringAsync(new Uri($"v1/environments/{key}", UriKind.Relative), TestServer.Stop)
            + string.Concat((await server.Client.EventsAsync(key)).Select(item => item.Text));
        foreach (var secret in new[] { Password, Uri.EscapeDataString(Password), "robot" })
            Assert.DoesNotContain(secret, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_client_calls_an_index_gets_it_no_password_of_the_servers()
    {
        Environment.SetEnvironmentVariable("VENVBUILD_INDEX_COVETED_USERNAME", "robot");
        Environment.SetEnvironmentVariable("VENVBUILD_INDEX_COVETED_PASSWORD", "s3cret");
        await using var server = await TestServer.StartAsync(
            _index.Allowed(), "Indexes:CredentialsOf:0:Url=https://packages.example/simple", "Indexes:CredentialsOf:0:User=robot", "Indexes:CredentialsOf:0:Password=s3cret");
        var manifest = _index.Manifest("thing").Replace("name: corp", "name: coveted", StringComparison.Ordinal);
        Assert.Contains("coveted", manifest, StringComparison.Ordinal);
        using var answer = await server.AskAsync(manifest);
        Assert.Equal(200, (int)answer.StatusCode);
        using var asked = await server.Client.BuildAsync(await answer.Content.ReadAsStringAsync(TestServer.Stop));
        await server.Client.UntilAsync(await asked.KeyAsync(), EnvironmentStatus.Ready);
        Assert.NotEmpty(_index.Requests);
        Assert.All(_index.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    [Fact]
    public async Task An_index_that_is_not_listed_is_not_asked()
    {
        await using var server = await TestServer.StartAsync("Indexes:Allowed:0=https://pypi.example/simple");
        using var answer = await server.AskAsync(_index.Manifest("thing"));

        var problem = await TestServer.ProblemAsync(answer);
        Assert.Equal((409, ServerProblemTypes.SourcesNeeded, "corp"), (problem.Status, problem.Type, Assert.Single(problem.Needs).Index));
        Assert.Empty(_index.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task An_open_server_does_not_connect_to_addresses_inside(string host)
    {
        await using var server = await TestServer.StartAsync("Indexes:Allowed:0=*");
        var inside = _index.Manifest("thing").Replace("127.0.0.1", host, StringComparison.Ordinal);
        using var answer = await server.AskAsync(inside);

        var problem = await TestServer.ProblemAsync(answer);
        Assert.Equal((502, "PYENV1422"), (problem.Status, problem.Diagnostics[0].Code));
        Assert.Empty(_index.Requests);
    }

    [Fact]
    public async Task A_listed_index_cannot_send_the_server_to_other_addresses_inside()
    {
        await using var inner = new LoopbackIndex().Add("thing", "1.0");
        _index.Always("/simple/thing/", LoopbackAnswer.Redirect(new Uri(inner.Simple, "thing/").AbsoluteUri));
        await using var server = await TestServer.StartAsync(_index.Allowed());
        using var answer = await server.AskAsync(_index.Manifest("thing"));

        Assert.Equal("PYENV1422", (await TestServer.ProblemAsync(answer)).Diagnostics[0].Code);
        Assert.Empty(inner.Requests);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    public void Addresses_inside_are_known_in_all_their_forms(string address, bool isPublic) =>
        Assert.Equal(isPublic, AddressPolicy.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task A_folder_of_the_server_is_never_read()
    {
        using var folder = new TestFolder();
        new WheelMaker("thing", "9.0").Module("thing").Save(folder.Path);
        await using var server = await TestServer.StartAsync(_index.Allowed());
        using var answer = await server.AskAsync(_index.Manifest("thing", $"find-links: [\"{folder.Path}\"]\n"));

        Assert.Equal(folder.Path, Assert.Single((await TestServer.ProblemAsync(answer)).Needs).FindLinks);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_cut_off()
    {
        await using var server = await TestServer.StartAsync("Limits:BodyBytes=2000");
        using var answer = await server.AskAsync("# " + new string('x', 3000));

        Assert.Equal(413, (await TestServer.ProblemAsync(answer)).Status);
    }

    [Fact]
    public async Task A_graph_that_is_too_large_or_takes_too_long_is_given_up()
    {
        for (var i = 0; i < 5; i++)
            _index.Add($"chain{i}", "1.0", $"chain{i + 1}");
        _index.Add("chain5", "1.0");
        await using (var small = await TestServer.StartAsync(_index.Allowed(), "Limits:Projects=3"))
        {
            using var answer = await small.AskAsync(_index.Manifest("chain0"));
            Assert.Contains("more than 3 projects", (await TestServer.ProblemAsync(answer)).Detail, StringComparison.Ordinal);
        }

        _index.Latency = TimeSpan.FromSeconds(2);
        await using var hasty = await TestServer.StartAsync(_index.Allowed(), "Limits:SolveTime=00:00:00.2");
        using var late = await hasty.AskAsync(_index.Manifest("chain0"));
        var given = await TestServer.ProblemAsync(late);
        Assert.Equal((503, ServerProblemTypes.Bound), (given.Status, given.Type));
    }

    [Fact]
    public async Task Who_asks_too_often_waits_and_others_do_not()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Limits:RequestsPerMinute=3");
        var (_, token) = await server.Get<TokenStore>().MakeAsync("ci", AccessScopes.Resolve, TestServer.Stop);
        var manifest = _index.Manifest("thing");
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, manifest, null));

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(server, manifest, null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, manifest, token));
        using var health = await server.Client.GetAsync(new Uri("healthz", UriKind.Relative), TestServer.Stop);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    public async ValueTask DisposeAsync() => await _index.DisposeAsync();
}
