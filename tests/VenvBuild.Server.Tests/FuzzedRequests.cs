using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>
/// Requests made from the server's own description, right in form and wrong in every way: none makes it fail. <c>VENVBUILD_REQUESTS</c>
/// says how many, else a few thousand.
/// </summary>
public sealed class FuzzedRequests
{
    private static readonly int Requests = int.TryParse(Environment.GetEnvironmentVariable("VENVBUILD_REQUESTS"), CultureInfo.InvariantCulture, out var count) ? count : 2_000;

    private static readonly string[] Texts =
    [
        "", " ", "thing", "Thing_1", "1.0", ">=1,<2", "==*", "sha256:" + new string('a', 64), new string('0', 64), "sha256:", "linux-x64", "win-x64", "3.11", "3.11t", "99.99", "-1", "0",
        "\0", "a\u0000b", "\ud83d\ude00", "\u0130", "../../etc/passwd", "..%2f..%2f", "%", "%00", "%ff", "'", "\"", "; DROP TABLE locks", "{{", "null", "true", "1e999", "9999999999999999999999",
        "requirements: [thing]", "requirements: [\"thing>=1,<1\"]", "requirements: [thing @ file:///etc/passwd]", "requirements: &a [*a]", "a: b: c", "- [", "requirements: [nowhere]\nplatforms: [linux-x64]",
        "lock-version = \"1.0\"\ncreated-by = \"x\"\n[[packages]]\nname = \"thing\"\n", "lock-version = \"9.0\"", "[[", "x = 1\nx = 2", "http://127.0.0.1:1/", "http://[::1", "file:///", "urn:x",
    ];

    [Fact]
    public async Task Never_make_the_server_fail()
    {
        await using var index = new LoopbackIndex().Add("thing", "1.0");
        await using var server = await TestServer.StartAsync(index.Allowed(), "Limits:RequestsPerMinute=2000000000", "Builds:Checks=off");
        var (_, token) = await server.Get<TokenStore>().MakeAsync("fuzz", AccessScopes.Admin, TestServer.Stop);
        using var document = await server.Client.GetFromJsonAsync<JsonDocument>("openapi/v1.json", TestServer.Stop);
        var operations = document!.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(operation => operation.Value.ValueKind == JsonValueKind.Object && operation.Name is "get" or "post" or "put" or "delete" or "patch" or "head")
                .Select(operation => new Operation(operation.Name, path.Name, operation.Value))).ToList();
        var toml = await server.Client.LockAsync(index, "thing");
        var failures = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var number = Interlocked.Increment(ref next); number < Requests; number = Interlocked.Increment(ref next))
            {
                var random = new Random(number);
                var operation = operations[random.Next(operations.Count)];
                using var request = operation.Make(random, document.RootElement, toml, token);
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestServer.Stop);
                try
                {
                    using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                    statuses.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
                    // 502 and 503 say that an index failed, and that there is too much to do.
                    if ((int)answer.StatusCode >= 500 && (int)answer.StatusCode is not (502 or 503))
                        failures.Enqueue($"{number}: {operation.Method} {request.RequestUri} -> {(int)answer.StatusCode}");
                    else if ((int)answer.StatusCode >= 400 && answer.Content.Headers.ContentType?.MediaType is { } type && type != "application/problem+json")
                        failures.Enqueue($"{number}: {operation.Method} {request.RequestUri} -> {(int)answer.StatusCode} as {type}");
                }
                catch (HttpRequestException e)
                {
                    failures.Enqueue($"{number}: {operation.Method} {request.RequestUri} -> {e.Message}");
                }
            }
        })));

        TestContext.Current.TestOutputHelper?.WriteLine($"{Requests} requests: {string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}"))}");
        Assert.True(failures.IsEmpty, string.Join('\n', failures.Take(20)));
        Assert.Equal("ready", await server.Client.GetStringAsync(new Uri("readyz", UriKind.Relative), TestServer.Stop));
    }

    [Fact]
    public async Task A_free_threaded_Python_that_there_is_not_is_the_senders_fault()
    {
        await using var index = new LoopbackIndex().Add("thing", "1.0");
        await using var server = await TestServer.StartAsync(index.Allowed());
        using var answer = await server.Client.BuildAsync(await server.Client.LockAsync(index, "thing"), python: "3.11t");
        Assert.Equal(400, (await TestServer.ProblemAsync(answer)).Status);
    }

    private sealed record Operation(string Method, string Path, JsonElement Description)
    {
        public HttpRequestMessage Make(Random random, JsonElement document, string toml, string token)
        {
            var path = string.Join('/', Path.TrimStart('/').Split('/').Select(part => part.StartsWith('{') ? Uri.EscapeDataString(Text(random, toml)) : part));
            if (Description.TryGetProperty("parameters", out var parameters))
            {
                var query = parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "query" && random.Next(3) > 0)
                    .Select(parameter => $"{parameter.GetProperty("name").GetString()}={Uri.EscapeDataString(Text(random, toml))}").ToList();
                path += query.Count > 0 ? $"?{string.Join('&', query)}" : "";
            }

            var request = new HttpRequestMessage(new(Method.ToUpperInvariant()), new Uri(path.Length == 0 ? "/" : path, UriKind.Relative));
            if (random.Next(4) > 0)
                request.Headers.Authorization = new("Bearer", token);
            foreach (var header in new[] { "Last-Event-ID", "If-None-Match", "Range", "Accept-Encoding", "Accept" })
            {
                if (random.Next(12) == 0)
                    request.Headers.TryAddWithoutValidation(header, random.Next(2) == 0 ? "bytes=5-2, -9" : new string([.. Text(random, toml).Where(c => c is > ' ' and < (char)127)]));
            }

            if (Description.TryGetProperty("requestBody", out var body))
                request.Content = Body(random, document, body, toml);
            return request;
        }

        private static ByteArrayContent Body(Random random, JsonElement document, JsonElement body, string toml)
        {
            var (type, media) = body.GetProperty("content").EnumerateObject().Select(content => (content.Name, content.Value)).First();
            byte[] bytes;
            if (!type.Contains("json", StringComparison.Ordinal))
            {
                bytes = new byte[random.Next(200)];
                random.NextBytes(bytes);
            }
            else
            {
                var value = Value(random, document, media.GetProperty("schema"), toml, 0)?.ToJsonString() ?? "null";
                if (random.Next(10) == 0)
                    value = value[..random.Next(value.Length)];
                bytes = Encoding.UTF8.GetBytes(value);
                if (bytes.Length > 0 && random.Next(10) == 0)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var made = new ByteArrayContent(bytes);
            made.Headers.ContentType = new MediaTypeHeaderValue(random.Next(15) == 0 ? "text/plain" : type);
            if (random.Next(20) == 0)
                made.Headers.ContentEncoding.Add("zstd");
            return made;
        }

        private static JsonNode? Value(Random random, JsonElement document, JsonElement schema, string toml, int depth)
        {
            if (random.Next(12) == 0)
                return random.Next(5) switch { 0 => null, 1 => random.Next(), 2 => true, 3 => new JsonArray("x", null), _ => new JsonObject { ["x"] = 1.5 } };
            if (schema.TryGetProperty("$ref", out var reference))
                return Value(random, document, document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), toml, depth);
            if (schema.TryGetProperty("oneOf", out var choices) || schema.TryGetProperty("anyOf", out choices))
                return Value(random, document, choices[random.Next(choices.GetArrayLength())], toml, depth);
            if (schema.TryGetProperty("properties", out var properties) && depth < 6)
            {
                var value = new JsonObject();
                foreach (var property in properties.EnumerateObject().Where(_ => random.Next(8) > 0))
                    value[property.Name] = property.Name == "lock" && random.Next(2) == 0 ? toml : Value(random, document, property.Value, toml, depth + 1);
                return value;
            }

            if (schema.TryGetProperty("items", out var items) && depth < 6)
                return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, document, items, toml, depth + 1))]);
            return schema.TryGetProperty("type", out var type) && type.ToString() is var name && (name.Contains("integer", StringComparison.Ordinal) || name.Contains("boolean", StringComparison.Ordinal))
                ? name.Contains("boolean", StringComparison.Ordinal) ? random.Next(2) == 0 : random.NextInt64(-5, long.MaxValue)
                : Text(random, toml);
        }

        private static string Text(Random random, string toml) => random.Next(20) switch
        {
            0 => toml,
            1 => new string((char)random.Next(32, 0x3000), random.Next(300)),
            2 => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Texts[random.Next(Texts.Length)])),
            _ => Texts[random.Next(Texts.Length)],
        };
    }
}
