using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>What those see who watch a server, or write a client of their own.</summary>
public sealed class Watching : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0", "other>=1").Add("other", "1.5");

    [Fact]
    public async Task The_figures_speak_of_solves_builds_layers_and_indexes()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var toml = await server.Client.LockAsync(_index, "thing");
        await server.Client.LockAsync(_index, "thing");
        using var refused = await server.AskAsync(_index.Manifest("thing, other>9"));
        using var answer = await server.Client.BuildAsync(toml);
        var status = await server.Client.UntilAsync(await answer.KeyAsync(), EnvironmentStatus.Ready);
        using var layer = await server.Client.GetAsync(new Uri($"v1/layers/{status.Layers[0].Digest}", UriKind.Relative), TestServer.Stop);

        // What is counted when an answer ends may come a moment after it.
        string text;
        do
        {
            text = await server.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), TestServer.Stop);
            await Task.Delay(50, TestServer.Stop);
        }
        while (!text.Contains("venvbuild_layer_transferred_bytes_total", StringComparison.Ordinal) || !text.Contains("venvbuild_builds_total", StringComparison.Ordinal));

        foreach (var (name, labels) in new[]
        {
            ("venvbuild_solves_total", "outcome=\"solved\""), ("venvbuild_solves_total", "outcome=\"unsatisfiable\""), ("venvbuild_solve_duration_seconds_count", ""),
            ("venvbuild_lock_answers_total", "from=\"memory\""), ("venvbuild_lock_answers_total", "from=\"solve\""),
            ("venvbuild_builds_total", "outcome=\"ready\""), ("venvbuild_builds_total", "platform=\"linux-x64\""), ("venvbuild_build_duration_seconds_count", ""),
            ("venvbuild_build_wait_seconds_count", ""), ("venvbuild_queue_length", "state=\"queued\""), ("venvbuild_layer_transferred_bytes_total", "direction=\"out\""),
            ("venvbuild_index_requests_total", "answered_by=\"index\""), ("http_server_request_duration_seconds_count", ""),
        })
        {
            Assert.Contains(text.Split('\n'), line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(labels, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http")]
    public async Task A_collector_is_sent_the_spans_of_solves_and_builds_without_anybodys_secrets(string protocol)
    {
        await using var collector = await Collector.StartAsync(protocol == "grpc");
        await using (var server = await TestServer.StartAsync(_index.Allowed(), $"Telemetry:Collector={collector.Root}", $"Telemetry:Protocol={protocol}"))
        {
            var (_, token) = await server.Get<TokenStore>().MakeAsync("watcher", AccessScopes.Resolve | AccessScopes.Build, TestServer.Stop);
            server.Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
            using var answer = await server.Client.BuildAsync(await server.Client.LockAsync(_index, "thing"));
            await server.Client.UntilAsync(await answer.KeyAsync(), EnvironmentStatus.Ready);
            // A span's name is field 5 of its message; these two have five letters.
            await collector.UntilAsync(server.Get<OpenTelemetry.Trace.TracerProvider>(), "venvbuild-server", "*\u0005solve", "*\u0005build", "/v1/locks");
            Assert.False(collector.Holds(token.Split('_')[2]));
        }
    }

    [Fact]
    public async Task A_collector_that_is_away_hinders_nobody()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Telemetry:Collector=http://127.0.0.1:1");
        Assert.Contains("thing", await server.Client.LockAsync(_index, "thing"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_are_for_those_who_may_read()
    {
        await using var server = await TestServer.StartAsync("Access:Anonymous=none");
        using var refused = await server.Client.GetAsync(new Uri("metrics", UriKind.Relative), TestServer.Stop);
        Assert.Equal(401, (await TestServer.ProblemAsync(refused)).Status);
    }

    [Fact]
    public async Task Readiness_is_the_databases_and_the_folders()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        Assert.Equal("ready", await server.Client.GetStringAsync(new Uri("readyz", UriKind.Relative), TestServer.Stop));
        var layers = server.Get<ServerSettings>().LayersFolder;
        if (Directory.Exists(layers))
            Directory.Delete(layers, recursive: true);
        await File.WriteAllTextAsync(layers, "in the way", TestServer.Stop);

        using var answer = await server.Client.GetAsync(new Uri("readyz", UriKind.Relative), TestServer.Stop);
        Assert.Equal(503, (await TestServer.ProblemAsync(answer)).Status);
        Assert.Equal("ok", await server.Client.GetStringAsync(new Uri("healthz", UriKind.Relative), TestServer.Stop));
    }

    [Fact]
    public async Task While_the_database_is_away_requests_fail_clearly_and_after_it_all_goes_on()
    {
        await using var cluster = await PostgresCluster.StartAsync();
        await using var server = await TestServer.StartAsync(_index.Allowed(), $"Postgres={cluster.Connection};Timeout=5");
        var toml = await server.Client.LockAsync(_index, "thing");
        Assert.Equal(200, await CaringForABucket.ReadyAsync(server));
        await cluster.KillAsync();
        Assert.Equal(503, await CaringForABucket.ReadyAsync(server));
        Assert.Equal("ok", await server.Client.GetStringAsync(new Uri("healthz", UriKind.Relative), TestServer.Stop));
        foreach (var path in new[] { $"v1/environments/{new string('0', 64)}", "v1/packages/thing/newest", "v1/subscriptions" })
        {
            using var answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative), TestServer.Stop);
            Assert.Equal(503, (await TestServer.ProblemAsync(answer)).Status);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        using (var page = new HttpRequestMessage(HttpMethod.Get, new Uri("locks", UriKind.Relative)))
        {
            page.Headers.Accept.ParseAdd("text/html");
            using var answer = await server.Client.SendAsync(page, TestServer.Stop);
            Assert.Equal((503, "text/html"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        }

        await cluster.ReturnAsync();
        while (await CaringForABucket.ReadyAsync(server) != 200)
            await Task.Delay(50, TestServer.Stop);
        using var asked = await server.Client.BuildAsync(toml);
        Assert.Equal(EnvironmentStatus.Ready, (await server.Client.UntilAsync(await asked.KeyAsync(), EnvironmentStatus.Ready, EnvironmentStatus.Failed)).State);
    }

    [Theory]
    [InlineData("GET", "v1/nothing", null, 404)]
    [InlineData("GET", "nothing", null, 404)]
    [InlineData("DELETE", "v1/locks", null, 405)]
    [InlineData("GET", "v1/environments", null, 405)]
    [InlineData("POST", "v1/locks", "text/plain", 415)]
    [InlineData("POST", "v1/environments", "text/plain", 415)]
    [InlineData("POST", "v1/layers/missing", "text/plain", 415)]
    [InlineData("POST", "v1/locks", "application/json", 400)]
    [InlineData("GET", "v1/packages/%20/newest", null, 400)]
    [InlineData("GET", "v1/locks/xyz", null, 400)]
    public async Task Whatever_goes_wrong_is_told_as_a_problem(string method, string path, string? type, int status)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (type is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes("hello")) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var answer = await server.Client.SendAsync(request, TestServer.Stop);

        Assert.Equal(status, (await TestServer.ProblemAsync(answer)).Status);
    }

    [Fact]
    public async Task A_client_that_is_generated_from_the_description_compiles_and_works()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var document = await OpenApiDocument.FromJsonAsync(await server.Client.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative), TestServer.Stop), TestServer.Stop);
        var settings = new CSharpClientGeneratorSettings { ClassName = "ServerClient", UseBaseUrl = false, CSharpGeneratorSettings = { Namespace = "Generated", JsonLibrary = NJsonSchema.CodeGeneration.CSharp.CSharpJsonLibrary.SystemTextJson } };
        var code = new CSharpClientGenerator(document, settings).GenerateFile();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => (MetadataReference)MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Generated", [CSharpSyntaxTree.ParseText(code, cancellationToken: TestServer.Stop)], references, new(OutputKind.DynamicallyLinkedLibrary));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly, cancellationToken: TestServer.Stop);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));

        var types = System.Reflection.Assembly.Load(assembly.ToArray());
        var client = Activator.CreateInstance(types.GetType("Generated.ServerClient")!, server.Client)!;
        var request = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(new { manifest = _index.Manifest("thing") }), types.GetType("Generated.LockRequest")!);
        var solve = (Task)client.GetType().GetMethod("SolveLockAsync", [request!.GetType()])!.Invoke(client, [request])!;
        await solve;
        var answer = solve.GetType().GetProperty("Result")!.GetValue(solve);
        var toml = answer as string ?? await new StreamReader((Stream)answer!.GetType().GetProperty("Stream")!.GetValue(answer)!).ReadToEndAsync(TestServer.Stop);
        Assert.Contains("thing-1.0", toml, StringComparison.Ordinal);

        var newest = (Task)client.GetType().GetMethod("GetNewestAsync", [typeof(string), typeof(string)])!.Invoke(client, ["other", null])!;
        await server.Get<CatalogQueue>().DrainAsync(TestServer.Stop);
        Assert.NotNull(newest);
    }

    [Fact]
    public async Task Every_address_that_answers_is_described()
    {
        await using var server = await TestServer.StartAsync();
        using var document = await server.Client.GetFromJsonAsync<JsonDocument>("openapi/v1.json", TestServer.Stop);
        var described = document!.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => operation)).ToList();
        Assert.All(described, operation => Assert.True(operation.Value.TryGetProperty("operationId", out _), operation.Value.ToString()));
        Assert.True(described.Count >= 14, $"{described.Count} operations");
    }

    public async ValueTask DisposeAsync() => await _index.DisposeAsync();
}
