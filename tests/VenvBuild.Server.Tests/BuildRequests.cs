using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>What a client asks about environments.</summary>
internal static class BuildRequests
{
    /// <summary>The lock of requirements on an index, made by the server.</summary>
    public static async Task<string> LockAsync(this HttpClient client, LoopbackIndex index, string requirements)
    {
        using var body = Json(JsonSerializer.Serialize(new LockRequest { Manifest = index.Manifest(requirements) }, RemoteJson.Default.LockRequest));
        using var answer = await client.PostAsync(new Uri("v1/locks", UriKind.Relative), body, TestServer.Stop);
        var text = await answer.Content.ReadAsStringAsync(TestServer.Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    public static Task<HttpResponseMessage> BuildAsync(this HttpClient client, string toml, string platform = "linux-x64", string python = "3.11") =>
        client.BuildAsync(new EnvironmentRequest { Lock = toml, Target = new() { Platform = platform, Python = python } });

    public static async Task<HttpResponseMessage> BuildAsync(this HttpClient client, EnvironmentRequest request)
    {
        using var body = Json(JsonSerializer.Serialize(request, RemoteJson.Default.EnvironmentRequest));
        return await client.PostAsync(new Uri("v1/environments", UriKind.Relative), body, TestServer.Stop);
    }

    /// <summary>The key of what was asked for, as the answer says.</summary>
    public static async Task<string> KeyAsync(this HttpResponseMessage answer) => (await answer.StatusAsync()).Key;

    public static async Task<EnvironmentStatus> StatusAsync(this HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(TestServer.Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize(text, RemoteJson.Default.EnvironmentStatus)!;
    }

    public static Task<EnvironmentStatus?> StatusAsync(this HttpClient client, string key) =>
        client.GetFromJsonAsync(new Uri($"v1/environments/{key}", UriKind.Relative), RemoteJson.Default.EnvironmentStatus, TestServer.Stop);

    /// <summary>Waits until an environment has a state.</summary>
    public static async Task<EnvironmentStatus> UntilAsync(this HttpClient client, string key, params string[] states)
    {
        while (true)
        {
            var status = await client.StatusAsync(key);
            if (states.Contains(status!.State))
                return status;
            await Task.Delay(50, TestServer.Stop);
        }
    }

    /// <summary>The events of a build after one of them: number, kind and text; the stream is read to its end.</summary>
    public static async Task<IReadOnlyList<(long Id, string Kind, string Text)>> EventsAsync(this HttpClient client, string key, long? after = null, int limit = int.MaxValue)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"v1/environments/{key}/events", UriKind.Relative));
        if (after is { } last)
            request.Headers.Add("Last-Event-ID", FormattableString.Invariant($"{last}"));
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestServer.Stop);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var events = new List<(long, string, string)>();
        await using var stream = await answer.Content.ReadAsStreamAsync(TestServer.Stop);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(TestServer.Stop))
        {
            var id = item.EventId is { Length: > 0 } number ? long.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 0;
            events.Add((id, item.EventType, JsonSerializer.Deserialize(item.Data, RemoteJson.Default.String)!));
            if (events.Count == limit)
                break;
        }

        return events;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
