using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>The server itself, on a free port of loopback, with a folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly WebApplication _app;

    private TestServer(TestFolder folder, WebApplication app)
    {
        (_folder, _app) = (folder, app);
        Root = new Uri(ServerHost.UrlOf(app));
        Client = new() { BaseAddress = Root };
    }

    public Uri Root { get; }

    public HttpClient Client { get; }

    public LockService Locks => Get<LockService>();

    /// <summary>Starts a server with settings of the section, <c>key=value</c>.</summary>
    public static Task<TestServer> StartAsync(params string[] settings) => StartAsync(null, settings);

    /// <summary>The same by a clock of the test's own.</summary>
    public static async Task<TestServer> StartAsync(TimeProvider? clock, params string[] settings)
    {
        var folder = new TestFolder();
        var args = settings.Select(setting => $"--VenvBuild:{setting}").Concat(settings.Any(setting => setting.StartsWith("Data=", StringComparison.Ordinal)) ? [] : [$"--VenvBuild:Data={folder.Path}"]).Append("--urls=http://127.0.0.1:0").Append("--Logging:LogLevel:Default=Error");
        var app = await ServerHost.BuildAsync([.. args], Stop, clock);
        await app.StartAsync(Stop);
        return new(folder, app);
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>What a lock asks for on Linux and Python 3.11, and the lock kept.</summary>
    internal async Task<(BuildQuestion Question, string Toml)> QuestionAsync(string toml)
    {
        var (question, _) = await Get<BuildQuestionReader>().ReadAsync(new() { Lock = toml, Target = new() { Platform = "linux-x64", Python = "3.11" } }, Stop);
        await Get<LockStore>().KeepAsync(question!.Document, question.Content, Stop);
        return (question, toml);
    }

    public Task<HttpResponseMessage> AskAsync(string manifest, LockRequestOptions? options = null) =>
        AskAsync(new LockRequest { Manifest = manifest, Options = options ?? new() });

    public async Task<HttpResponseMessage> AskAsync(LockRequest request)
    {
        using var content = new StringContent(JsonSerializer.Serialize(request, RemoteJson.Default.LockRequest), Encoding.UTF8, "application/json");
        return await Client.PostAsync(new Uri("v1/locks", UriKind.Relative), content, Stop);
    }

    public static async Task<ServerProblem> ProblemAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync(RemoteJson.Default.ServerProblem, Stop);
        Assert.Equal((int)answer.StatusCode, problem!.Status);
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
