using System.Net;
using System.Net.Sockets;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Who asks through a proxy is who the proxy says, where the proxy is listed, and nobody's word counts for more than that.</summary>
public sealed class BehindAProxy
{
    private const string Proxy = "Access:TrustedProxies:0=127.0.0.1";

    /// <summary>How many of so many requests are answered before they are too many.</summary>
    private static async Task<int> AnsweredAsync(HttpClient client, int count, Func<int, string?> forwardedFor, string path = "v1/subscriptions")
    {
        var answered = 0;
        for (var i = 0; i < count; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            if (forwardedFor(i) is { } text)
                request.Headers.Add("X-Forwarded-For", text);
            using var answer = await client.SendAsync(request, TestServer.Stop);
            answered += answer.StatusCode == HttpStatusCode.TooManyRequests ? 0 : 1;
        }

        return answered;
    }

    [Fact]
    public async Task Each_client_of_a_listed_proxy_has_a_limit_of_its_own()
    {
        await using var server = await TestServer.StartAsync(Proxy, "Limits:RequestsPerMinute=2");
        Assert.Equal(2, await AnsweredAsync(server.Client, 4, _ => "203.0.113.1"));
        Assert.Equal(2, await AnsweredAsync(server.Client, 4, _ => "203.0.113.2"));
        // What a client wrote itself is to the left of what the proxy found.
        Assert.Equal(0, await AnsweredAsync(server.Client, 3, i => FormattableString.Invariant($"198.51.100.{i}, 203.0.113.1")));
        // With that many addresses, one customer is still one.
        Assert.Equal(2, await AnsweredAsync(server.Client, 4, i => FormattableString.Invariant($"2001:db8:0:1::{i + 1}")));
        Assert.Equal(2, await AnsweredAsync(server.Client, 4, i => FormattableString.Invariant($"2001:db8:0:2::{i + 1}")));
    }

    [Fact]
    public async Task A_chain_of_listed_proxies_is_followed_to_the_first_stranger()
    {
        await using var server = await TestServer.StartAsync(Proxy, "Access:TrustedProxies:1=10.1.0.0/16", "Limits:RequestsPerMinute=2");
        Assert.Equal(2, await AnsweredAsync(server.Client, 4, i => FormattableString.Invariant($"192.0.2.{i}, 203.0.113.1, 10.1.2.{i}")));
        Assert.Equal(2, await AnsweredAsync(server.Client, 4, i => FormattableString.Invariant($"203.0.113.2, 10.1.2.{i}")));
    }

    [Theory]
    [InlineData("Access:TrustedProxies:0=10.0.0.1")]
    [InlineData("Limits:WaitingSolves=100")]
    public async Task What_a_stranger_says_of_itself_counts_for_nothing(string setting)
    {
        await using var server = await TestServer.StartAsync(setting, "Limits:RequestsPerMinute=3");
        Assert.Equal(3, await AnsweredAsync(server.Client, 6, i => FormattableString.Invariant($"203.0.113.{i}")));
    }

    [Fact]
    public async Task A_server_of_this_machine_alone_takes_no_builds_from_those_whom_a_proxy_lets_in()
    {
        await using var index = new LoopbackIndex().Add("thing", "1.0");
        await using var server = await TestServer.StartAsync(index.Allowed());
        using (var own = await server.AskAsync(index.Manifest("thing")))
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        foreach (var (name, text) in new[] { ("X-Forwarded-For", "203.0.113.1"), ("Forwarded", "for=203.0.113.1"), ("Via", "1.1 somewhere") })
        {
            server.Client.DefaultRequestHeaders.Clear();
            server.Client.DefaultRequestHeaders.Add(name, text);
            using var forwarded = await server.AskAsync(index.Manifest("thing"));
            Assert.Equal(403, (await TestServer.ProblemAsync(forwarded)).Status);
        }

        await using var listed = await TestServer.StartAsync(index.Allowed(), Proxy);
        using var direct = await listed.AskAsync(index.Manifest("thing"));
        Assert.Equal(403, (await TestServer.ProblemAsync(direct)).Status);
    }

    [Theory]
    [InlineData("everybody")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1:8080")]
    [InlineData("proxy.example")]
    public async Task A_proxy_that_is_no_address_is_refused(string proxy)
    {
        using var error = new StringWriter();
        Assert.Equal((int)ExitCode.Usage, await ServerProgram.RunAsync([$"--VenvBuild:Access:TrustedProxies:0={proxy}", "--urls=http://127.0.0.1:0"], TextWriter.Null, error, TestServer.Stop));
        Assert.Contains("VenvBuild:Access:TrustedProxies:0", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_nginx_every_kind_of_request_counts_for_its_own_address_and_TLS_is_the_proxys()
    {
        Require.That(OperatingSystem.IsLinux(), "several addresses of loopback");
        await using var server = await TestServer.StartAsync(Proxy, "Limits:RequestsPerMinute=3");
        await using var nginx = await NginxServer.StartAsync("nginx.conf", ("web1:8080", server.Root.Authority), ("web2:8080", server.Root.Authority));
        var number = 10;
        foreach (var path in new[] { $"v1/layers/sha256:{new string('a', 64)}", $"v1/locks/sha256:{new string('a', 64)}", $"v1/environments/{new string('a', 64)}", "v1/subscriptions", "locks" })
        {
            foreach (var _ in new[] { 1, 2 })
            {
                using var client = From(FormattableString.Invariant($"127.0.0.{number++}"), nginx.Root);
                // Whoever is believed a header of its own would get as many as it likes.
                Assert.Equal(3, await AnsweredAsync(client, 5, i => FormattableString.Invariant($"203.0.113.{i}"), path));
            }
        }
    }

    [Fact]
    public async Task Where_the_proxy_speaks_TLS_pages_say_so_and_cookies_stay_on_it()
    {
        await using var server = await TestServer.StartAsync(Proxy);
        var (_, token) = await server.Get<TokenStore>().MakeAsync("one", AccessScopes.Read, TestServer.Stop);
        foreach (var (scheme, isSecure) in new[] { ("https", true), ("http", false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("sign-in", UriKind.Relative));
            request.Headers.Add("X-Forwarded-For", "203.0.113.1");
            request.Headers.Add("X-Forwarded-Proto", scheme);
            using var page = await server.Client.SendAsync(request, TestServer.Stop);
            Assert.Equal(isSecure, page.Headers.GetValues("Set-Cookie").Single().Contains("secure", StringComparison.OrdinalIgnoreCase));
            using var home = new HttpRequestMessage(HttpMethod.Get, new Uri("", UriKind.Relative));
            home.Headers.Add("X-Forwarded-For", "203.0.113.1");
            home.Headers.Add("X-Forwarded-Proto", scheme);
            using var shown = await server.Client.SendAsync(home, TestServer.Stop);
            Assert.Contains($"server: {scheme}://{server.Root.Authority}", await shown.Content.ReadAsStringAsync(TestServer.Stop), StringComparison.Ordinal);
        }
    }

    /// <summary>A client at an address of its own.</summary>
    private static HttpClient From(string address, Uri root) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = root };
}
