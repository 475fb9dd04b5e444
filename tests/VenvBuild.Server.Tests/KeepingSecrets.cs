using System.Net.Http.Headers;
using System.Text;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>A server with secrets in every place that may hold one: nothing that it says, answers or keeps in its folder holds any of them, also when it is killed.</summary>
public sealed class KeepingSecrets : IAsyncDisposable
{
    private const string IndexPassword = "S3CRET-index-pw", FormSecret = "S3CRET-form-words-that-are-long-enough", ClientPassword = "S3CRET-client-pw", Forged = "vb_S3CRETid_S3CRETtoken";

    private readonly LoopbackIndex _index = new LoopbackIndex { Authorization = $"robot:{IndexPassword}" }.Add("thing", "1.0").Add("broken", "1.0");
    private readonly TestFolder _folder = new();
    private readonly List<string> _said = [];

    [Fact]
    public async Task A_server_at_its_most_talkative_says_and_keeps_none_of_them()
    {
        using var key = SigningKey.Create();
        key.Save(_folder.File("server.key"), null);
        var data = Directory.CreateDirectory(_folder.File("data")).FullName;
        _index.Always("/simple/broken/", LoopbackAnswer.OfStatus(500));
        using var output = new StringWriter();
        await ServerProgram.RunAsync(["token", "new", "ci", "--scopes=resolve,build", $"--VenvBuild:Data={data}"], output, TextWriter.Null, TestServer.Stop);
        var token = output.ToString().Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).First(word => word.StartsWith("vb_", StringComparison.Ordinal));
        await using var server = await ServerProcess.StartAsync(
        [
            "VenvBuild.Server.dll", "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Trace", $"--VenvBuild:Data={data}", $"--VenvBuild:{_index.Allowed()}", "--VenvBuild:Access:Anonymous=read",
            $"--VenvBuild:Access:FormSecret={FormSecret}", $"--VenvBuild:Signing:Key={_folder.File("server.key")}", $"--VenvBuild:Indexes:CredentialsOf:0:Url={_index.Simple}",
            "--VenvBuild:Indexes:CredentialsOf:0:User=robot", $"--VenvBuild:Indexes:CredentialsOf:0:Password={IndexPassword}",
        ]);

        await AskAsync(server, Forged, _index.Manifest("thing"));
        await AskAsync(server, token, _index.Manifest("broken"));
        await AskAsync(server, token, _index.Manifest("thing>5"));
        await AskAsync(server, token, _index.Manifest("thing").Replace("http://", $"http://user:{ClientPassword}@", StringComparison.Ordinal));
        await AskAsync(server, token, $"requirements: [thing]\nindexes: [\"htp://user:{ClientPassword}@\"]\n");
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var toml = await server.Client.LockAsync(_index, "thing");
        using var asked = await server.Client.BuildAsync(toml);
        var environment = await asked.KeyAsync();
        await server.Client.UntilAsync(environment, EnvironmentStatus.Ready);
        _said.AddRange((await server.Client.EventsAsync(environment)).Select(item => item.Text));
        foreach (var path in (string[])["", "environments", $"environments/{environment}", "builds", $"builds/{environment}", "locks", "packages", "status", "metrics", "openapi/v1.json", $"v1/environments/{environment}", "sign-in"])
            _said.Add(await ReadAsync(await server.Client.GetAsync(new Uri(path, UriKind.Relative), TestServer.Stop)));
        // The files of a process that was killed hold what it had not tidied up.
        await server.KillAsync();

        string[] secrets =
        [
            "S3CRET", token.Split('_')[^1], (await File.ReadAllTextAsync(_folder.File("server.key"), TestServer.Stop)).Split('\n')[1],
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"robot:{IndexPassword}")), Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{ClientPassword}")),
        ];
        Assert.Contains("Made the environment", server.Output, StringComparison.Ordinal);
        foreach (var text in _said.Append(server.Output))
            Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
        var files = Directory.GetFiles(data, "*", SearchOption.AllDirectories);
        Assert.True(files.Length > 5);
        foreach (var path in files)
        {
            var content = await File.ReadAllTextAsync(path, Encoding.Latin1, TestServer.Stop);
            Assert.True(Array.TrueForAll(secrets, secret => !content.Contains(secret, StringComparison.Ordinal)), path);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _index.DisposeAsync();
        _folder.Dispose();
    }

    private async Task AskAsync(ServerProcess server, string token, string manifest)
    {
        using var question = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/locks", UriKind.Relative))
        {
            Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(new LockRequest { Manifest = manifest }, RemoteJson.Default.LockRequest), Encoding.UTF8, "application/json"),
        };
        question.Headers.Authorization = new("Bearer", token);
        using var answer = await server.Client.SendAsync(question, TestServer.Stop);
        Assert.False(answer.IsSuccessStatusCode, manifest);
        _said.Add(await ReadAsync(answer));
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer) => $"{answer.Headers}{answer.Content.Headers}{await answer.Content.ReadAsStringAsync(TestServer.Stop)}";
}
