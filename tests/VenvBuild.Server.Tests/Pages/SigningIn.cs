using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Who sees the pages and what they may do there; what others put into the server, or send a browser to do, harms nobody.</summary>
public sealed class SigningIn : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0");

    [Fact]
    public async Task Where_nobody_may_read_without_a_token_one_signs_in_and_out()
    {
        await using var browser = await Browser.StartAsync();
        await using var server = await TestServer.StartAsync("Access:Anonymous=none");
        var (_, token) = await server.Get<TokenStore>().MakeAsync("reading room", AccessScopes.Read, TestServer.Stop);
        await using var window = await browser.OpenAsync(server.Root, hasScript: false);
        var page = await window.GoAsync("/locks?q=flask");
        Assert.StartsWith("/sign-in?next=", new Uri(page.Url).PathAndQuery, StringComparison.Ordinal);

        await page.GetByLabel("Token").FillAsync("vb_000000000000_wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        Assert.Equal("This token is unknown or was revoked.", await page.GetByRole(AriaRole.Alert).TextContentAsync());
        await page.GetByLabel("Token").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        Assert.Equal("/locks?q=flask", new Uri(page.Url).PathAndQuery);
        var cookie = (await window.Context.CookiesAsync()).Single(cookie => cookie.Value == token);
        Assert.Equal((true, SameSiteAttribute.Strict, -1), (cookie.HttpOnly, cookie.SameSite, (int)cookie.Expires));
        Assert.DoesNotContain(token, await page.ContentAsync(), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        Assert.StartsWith("/sign-in", new Uri(page.Url).PathAndQuery, StringComparison.Ordinal);
        Assert.DoesNotContain(await window.Context.CookiesAsync(), one => one.Value == token);
    }

    [Fact]
    public async Task A_token_that_is_revoked_or_good_for_less_does_not_act()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Access:Anonymous=resolve");
        using var asked = await server.AskAsync(_index.Manifest("thing"));
        var toml = await asked.Content.ReadAsStringAsync(TestServer.Stop);
        var (question, _) = await server.QuestionAsync(toml);
        var (build, _) = await server.Get<BuildStore>().AskAsync(question, TestServer.Stop);
        var (reader, reading) = await server.Get<TokenStore>().MakeAsync("reader", AccessScopes.Read, TestServer.Stop);
        var (_, building) = await server.Get<TokenStore>().MakeAsync("builder", AccessScopes.Build, TestServer.Stop);

        var form = await FormAsync(server, building, $"/builds/{build.Key}");
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(server, reading, $"/builds/{build.Key}?handler=Cancel", (await FormAsync(server, reading, "/sign-in"))));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(server, building, $"/builds/{build.Key}?handler=Cancel", (null, null)));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(server, building, $"/builds/{build.Key}?handler=Cancel", (form.Cookie, "CfDJ8forged")));
        Assert.Equal(BuildState.Queued, (await server.Get<BuildStore>().FindAsync(build.Key, TestServer.Stop))!.State);
        Assert.Equal(HttpStatusCode.Redirect, await PostAsync(server, building, $"/builds/{build.Key}?handler=Cancel", form));
        Assert.Equal(BuildState.Cancelled, (await server.Get<BuildStore>().FindAsync(build.Key, TestServer.Stop))!.State);

        await server.Get<TokenStore>().RevokeAsync(reader.Id, TestServer.Stop);
        using var page = await SendAsync(server, HttpMethod.Get, "/", reading, null);
        Assert.Contains(">Sign in<", await page.Content.ReadAsStringAsync(TestServer.Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cookie_reads_and_does_nothing_else_of_the_api()
    {
        await using var server = await TestServer.StartAsync("Access:Anonymous=none");
        var (_, token) = await server.Get<TokenStore>().MakeAsync("all", AccessScopes.Admin | AccessScopes.Build | AccessScopes.Resolve | AccessScopes.Push, TestServer.Stop);
        using var read = await SendAsync(server, HttpMethod.Get, "/v1/subscriptions", token, null);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        foreach (var path in new[] { "/v1/locks", "/v1/environments", "/v1/grids", "/v1/subscriptions", "/v1/grids/x/cancel" })
        {
            using var written = await SendAsync(server, HttpMethod.Post, path, token, new StringContent("{}", MediaTypeHeaderValue.Parse("application/json")));
            Assert.Equal(HttpStatusCode.Unauthorized, written.StatusCode);
        }
    }

    [Fact]
    public async Task One_is_never_sent_to_another_site_after_signing_in()
    {
        await using var server = await TestServer.StartAsync();
        var (_, token) = await server.Get<TokenStore>().MakeAsync("one", AccessScopes.Read, TestServer.Stop);
        foreach (var next in new[] { "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)" })
        {
            var form = await FormAsync(server, null, "/sign-in");
            using var content = new FormUrlEncodedContent([new("token", token), new("next", next), new("__RequestVerificationToken", form.Proof)]);
            using var answer = await SendAsync(server, HttpMethod.Post, "/sign-in", null, content, form.Cookie);
            Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        }
    }

    [Fact]
    public async Task Pages_forbid_frames_inline_scripts_and_other_hosts_and_are_kept_nowhere()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var (path, status) in new[] { ("/", 200), ("/environments", 200), ("/sign-in", 200), ("/nothing/here", 404), ($"/builds/{new string('0', 64)}", 404), ("/locks/compare", 404), ("/grids/x", 404) })
        {
            using var answer = await SendAsync(server, HttpMethod.Get, path, null, null);
            Assert.Equal((status, "text/html"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal(("DENY", "nosniff"), (answer.Headers.GetValues("X-Frame-Options").Single(), answer.Headers.GetValues("X-Content-Type-Options").Single()));
            Assert.Contains("no-store", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }

        using var program = await server.Client.GetAsync(new Uri("nothing/here", UriKind.Relative), TestServer.Stop);
        Assert.Equal(404, (await TestServer.ProblemAsync(program)).Status);
        using var api = await SendAsync(server, HttpMethod.Get, "/v1/locks/x", null, null);
        Assert.Equal(400, (await TestServer.ProblemAsync(api)).Status);
    }

    [Fact]
    public async Task What_others_put_in_is_text_on_every_page()
    {
        const string Attack = "<img src=x onerror=alert(1)>";
        await using var browser = await Browser.StartAsync();
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var toml = await server.Client.LockAsync(_index, "thing");
        var (question, _) = await server.QuestionAsync(toml);
        var (build, _) = await server.Get<BuildStore>().AskAsync(question, TestServer.Stop);
        await server.Get<BuildStore>().ClaimAsync(build.Key, "mine", TestServer.Stop);
        await server.Get<BuildStore>().LogAsync(build.Key, "mine", Attack, TestServer.Stop);
        await server.Get<BuildStore>().NoteFindingsAsync(build.Key, "mine", StatusWriter.WriteChecks([new EnvironmentStatusCheck(Attack, false, Attack, Attack, 1)]), TestServer.Stop);
        await server.Get<BuildStore>().FailAsync(build.Key, "mine", Attack, mayPass: false, TestServer.Stop);
        var hostile = $"lock-version = \"1.0\"\ncreated-by = \"{Attack}\"\npackages = []\n[tool.venvbuild]\nrequest-digest = \"sha256:{new string('0', 64)}\"\nrequests = [\"requirement: {Attack}\", \"{Attack}: {Attack}\"]\n";
        var content = System.Text.Encoding.UTF8.GetBytes(hostile);
        await server.Get<LockStore>().KeepAsync(Packaging.LockReader.Read(content, "the lock", Packaging.LockOrigin.Elsewhere).Document, content, TestServer.Stop);

        await using var window = await browser.OpenAsync(server.Root);
        var shown = 0;
        foreach (var path in new[] { $"/builds/{build.Key}", "/locks", $"/locks/{Site.Digest(hostile)}", $"/locks/{Site.Digest(hostile)}/graph", $"/environments?q={Uri.EscapeDataString(Attack)}", $"/packages?q={Uri.EscapeDataString(Attack)}" })
        {
            var page = await window.GoAsync(path);
            Assert.Equal(0, await page.Locator("main img").CountAsync());
            shown += await page.GetByText(Attack).CountAsync();
        }

        Assert.True(shown >= 6, $"It is shown {shown} times.");
        window.AssertClean();
    }

    private static async Task<(string? Cookie, string? Proof)> FormAsync(TestServer server, string? token, string path)
    {
        using var page = await SendAsync(server, HttpMethod.Get, path, token, null);
        var text = await page.Content.ReadAsStringAsync(TestServer.Stop);
        const string Mark = "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"";
        var at = text.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        Assert.True(at > Mark.Length, text);
        return (page.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("venvbuild-form=", StringComparison.Ordinal)).Split(';')[0], text[at..text.IndexOf('"', at)]);
    }

    private static async Task<HttpStatusCode> PostAsync(TestServer server, string token, string path, (string? Cookie, string? Proof) form)
    {
        using var content = new FormUrlEncodedContent(form.Proof is null ? [] : [new("__RequestVerificationToken", form.Proof)]);
        using var answer = await SendAsync(server, HttpMethod.Post, path, token, content, form.Cookie);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, HttpMethod method, string path, string? token, HttpContent? content, string? cookie = null)
    {
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = server.Root };
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Accept", "text/html");
        var cookies = string.Join("; ", new[] { token is null ? null : $"venvbuild-token={token}", cookie }.OfType<string>());
        if (cookies.Length > 0)
            request.Headers.Add("Cookie", cookies);
        var answer = await client.SendAsync(request, TestServer.Stop);
        await answer.Content.LoadIntoBufferAsync(TestServer.Stop);
        return answer;
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();
}
