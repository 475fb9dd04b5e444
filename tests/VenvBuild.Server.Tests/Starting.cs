using System.Net;
using System.Text.Json;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Without configuration the server starts; with a wrong one it says which key is wrong and does not.</summary>
public sealed class Starting
{
    [Fact]
    public async Task A_fresh_server_is_healthy_ready_and_describes_itself()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in new[] { "healthz", "readyz" })
        {
            using var answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative), TestServer.Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using var openApi = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative), TestServer.Stop));
        var paths = openApi.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.Contains("/v1/locks", paths);
        Assert.Contains("/v1/locks/{digest}", paths);
        using var nothing = await server.Client.GetAsync(new Uri("v1/nothing", UriKind.Relative), TestServer.Stop);
        Assert.Equal(404, (await TestServer.ProblemAsync(nothing)).Status);
    }

    [Theory]
    [InlineData("--VenvBuild:Indxes:Allowed:0=x", "VenvBuild:Indxes:Allowed:0")]
    [InlineData("--VenvBuild:Indexes:Allowed:0=ftp://x", "VenvBuild:Indexes:Allowed:0")]
    [InlineData("--VenvBuild:Indexes:Freshness=soon", "VenvBuild:Indexes:Freshness")]
    [InlineData("--VenvBuild:Access:Anonymous=perhaps", "VenvBuild:Access:Anonymous")]
    [InlineData("--VenvBuild:Indexes:CredentialsOf:0:Url=https://packages.example/simple", "VenvBuild:Indexes:CredentialsOf:0")]
    [InlineData("--VenvBuild:Access:FormSecret=short", "VenvBuild:Access:FormSecret")]
    [InlineData("--VenvBuild:Limits:SolveTime=-1", "VenvBuild:Limits:SolveTime")]
    [InlineData("--VenvBuild:Limits:ConcurrentSolves=0", "VenvBuild:Limits:ConcurrentSolves")]
    public async Task A_wrong_setting_is_named_and_the_server_does_not_start(string argument, string key)
    {
        using var error = new StringWriter();
        var exit = await ServerProgram.RunAsync([argument, "--urls=http://127.0.0.1:0"], TextWriter.Null, error, TestServer.Stop);

        Assert.Equal((int)ExitCode.Usage, exit);
        Assert.Contains(key, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--VenvBuild:Indexs:Alowed:0=x", "Did you mean VenvBuild:Indexes:Allowed:0?")]
    [InlineData("--VenvBuild:limits:requestperminute=1", "Did you mean VenvBuild:Limits:RequestsPerMinute?")]
    [InlineData("--VenvBuild:Nothing:Of:That:Kind=1", "There are: VenvBuild:Data, ")]
    public async Task A_misspelt_setting_is_told_with_the_one_that_was_meant(string argument, string remedy)
    {
        using var error = new StringWriter();
        await ServerProgram.RunAsync([argument, "--urls=http://127.0.0.1:0"], TextWriter.Null, error, TestServer.Stop);
        Assert.Contains(remedy, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_used_is_named_without_its_password()
    {
        using var error = new StringWriter();
        var exit = await ServerProgram.RunAsync(
            ["--VenvBuild:Postgres=Host=127.0.0.1;Port=9;Password=s3cret;Timeout=2", "--urls=http://127.0.0.1:0"], TextWriter.Null, error, TestServer.Stop);

        Assert.Equal((int)ExitCode.Usage, exit);
        Assert.Contains("VenvBuild:Postgres", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_made_listed_and_revoked_by_the_executable()
    {
        using var folder = new TestFolder();
        async Task<string> RunAsync(params string[] words)
        {
            using var output = new StringWriter();
            Assert.Equal(0, await ServerProgram.RunAsync([.. words, $"--VenvBuild:Data={folder.Path}"], output, TextWriter.Null, TestServer.Stop));
            return output.ToString();
        }

        var made = await RunAsync("token", "new", "ci", "--scopes=resolve,build");
        var id = made.Split('_')[1];
        Assert.Contains($"{id}  ", await RunAsync("token", "list"), StringComparison.Ordinal);
        Assert.Contains("read,resolve,build", await RunAsync("token", "list"), StringComparison.Ordinal);
        await RunAsync("token", "revoke", id);
        Assert.Contains("revoked", await RunAsync("token", "list"), StringComparison.Ordinal);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }
}
