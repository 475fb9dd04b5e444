using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using VenvBuild.Remote;

namespace VenvBuild.Server.Tests;

/// <summary>The pages in a browser: whole, readable, usable without script, mouse or sight, and live.</summary>
public sealed class ShowingPages(Site site) : IClassFixture<Site>
{
    [Theory]
    [InlineData("light", 1280)]
    [InlineData("dark", 1280)]
    [InlineData("light", 360)]
    [InlineData("dark", 320)]
    public async Task Every_page_is_whole_accessible_and_asks_nobody_else(string scheme, int width)
    {
        await using var window = await site.Browser.OpenAsync(site.Root, scheme: scheme == "dark" ? ColorScheme.Dark : ColorScheme.Light, width: width);
        foreach (var (name, path) in site.Pages)
        {
            var page = await window.GoAsync(path);
            await page.AssertAccessibleAsync();
            Keep($"{name}-{scheme}-{width}.png", await page.ScreenshotAsync(new() { FullPage = true }));
        }

        window.AssertClean();
    }

    [Fact]
    public async Task An_empty_server_says_on_each_page_how_to_begin()
    {
        await using var server = await TestServer.StartAsync();
        await using var window = await site.Browser.OpenAsync(server.Root);
        foreach (var path in new[] { "/", "/environments", "/builds", "/locks", "/packages", "/updates" })
        {
            var page = await window.GoAsync(path);
            Assert.Equal(1, await page.Locator(".empty").CountAsync());
            await page.AssertAccessibleAsync();
            Keep($"empty{path.Replace('/', '-')}.png", await page.ScreenshotAsync());
        }

        window.AssertClean();
    }

    [Fact]
    public async Task Environments_are_found_by_package_version_platform_and_Python()
    {
        await using var window = await site.Browser.OpenAsync(site.Root, hasScript: false);
        var page = await window.GoAsync("/environments");
        await page.GetByLabel("Holding a package").FillAsync("urllib3<2.6");
        await page.GetByLabel("Platform").SelectOptionAsync("linux-x64");
        await page.GetByLabel("Python").SelectOptionAsync("3.11");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = site.Environment[..12] }).ClickAsync();
        Assert.Contains("Python 3.11", await page.Locator("h1").TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await page.GetByText($"server: {site.Root.AbsoluteUri.TrimEnd('/')}").CountAsync());

        await window.GoAsync("/environments?q=urllib3%3C1");
        Assert.Contains("No environment is like that", await page.Locator(".empty").TextContentAsync(), StringComparison.Ordinal);
        await window.GoAsync("/environments?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
        Assert.Contains("<script>alert(1)</script>", await page.Locator(".wrong").TextContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_lists_have_pages()
    {
        await using (var catalog = site.Server.Get<CatalogFactory>().Open())
        {
            if (!await catalog.Distributions.AnyAsync(row => row.Name == "many-00", TestServer.Stop))
                catalog.Distributions.AddRange(Enumerable.Range(0, 60).Select(i => new Distribution { Name = FormattableString.Invariant($"many-{i:00}") }));
            await catalog.SaveChangesAsync(TestServer.Stop);
        }

        await using var window = await site.Browser.OpenAsync(site.Root, hasScript: false);
        var page = await window.GoAsync("/packages?q=many");
        Assert.Equal(Pager.Size, await page.Locator("tbody tr").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync();
        Assert.Equal((10, "Page 3 of 3"), (await page.Locator("tbody tr").CountAsync(), (await page.Locator(".pager span").TextContentAsync())!));
        Assert.Equal(0, await page.GetByRole(AriaRole.Link, new() { Name = "Older" }).CountAsync());
    }

    [Fact]
    public async Task A_log_is_followed_as_it_is_written_and_the_state_with_it()
    {
        await using var packages = new Testing.LoopbackIndex().Add("thing", "1.0", "other").Add("other", "1.0");
        await using var server = await TestServer.StartAsync(packages.Allowed());
        var toml = await server.Client.LockAsync(packages, "thing");
        packages.Latency = TimeSpan.FromMilliseconds(700);
        using var asked = await server.Client.BuildAsync(toml);
        var key = await asked.KeyAsync();
        await using var window = await site.Browser.OpenAsync(server.Root);
        var page = await window.GoAsync($"/builds/{key}");
        Assert.Equal(0, await page.Locator("#status .state-ready").CountAsync());
        await page.EvaluateAsync("() => { window.isSame = true; }");

        await page.Locator("#log li", new() { HasText = "Packed thing-1.0-py3-none-any.whl" }).WaitForAsync();
        await page.Locator("#log li", new() { HasText = "— ready —" }).WaitForAsync();
        await page.Locator("#status .state-ready").WaitForAsync();
        Assert.True(await page.EvaluateAsync<bool>("() => window.isSame"));
        var lines = await page.Locator("#log li").AllTextContentsAsync();
        Assert.Equal((await server.Client.EventsAsync(key)).Count, lines.Count);
        Assert.Equal("The build ended: ready.", await page.Locator("#following").TextContentAsync());
        window.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_build_is_cancelled_and_begun_anew_by_buttons_with_script_and_without(bool hasScript)
    {
        await using var packages = new Testing.LoopbackIndex().Add("thing", "1.0");
        await using var server = await TestServer.StartAsync(packages.Allowed());
        var toml = await server.Client.LockAsync(packages, "thing");
        packages.Latency = TimeSpan.FromSeconds(60);
        using var asked = await server.Client.BuildAsync(toml);
        var key = await asked.KeyAsync();
        await server.Client.UntilAsync(key, EnvironmentStatus.Building);
        await using var window = await site.Browser.OpenAsync(server.Root, hasScript);
        var page = await window.GoAsync($"/builds/{key}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel this build" }).ClickAsync();
        await page.Locator("#status .state-cancelled").WaitForAsync();
        Assert.Equal(EnvironmentStatus.Cancelled, (await server.Client.StatusAsync(key))!.State);

        packages.Latency = default;
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await server.Client.UntilAsync(key, EnvironmentStatus.Ready);
        await window.GoAsync($"/builds/{key}");
        Assert.Equal(1, await page.Locator("#status .state-ready").CountAsync());
        window.AssertClean();
    }

    [Fact]
    public async Task Every_target_of_a_lock_is_built_by_a_button_and_shown_as_a_grid()
    {
        await using var window = await site.Browser.OpenAsync(site.Root);
        var page = await window.GoAsync($"/locks/{site.SecondLock}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Build 6 targets" }).ClickAsync();
        await page.Locator(".lead .state-ready").WaitForAsync();
        Assert.Equal(6, await page.Locator("table.grid .state-ready").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "win-x64, Python 3.12: ready" }).ClickAsync();
        Assert.Equal("win-x64, Python 3.12", await page.Locator("h1").TextContentAsync());
        window.AssertClean();
    }

    [Fact]
    public async Task Two_locks_are_compared()
    {
        await using var window = await site.Browser.OpenAsync(site.Root, hasScript: false);
        var page = await window.GoAsync($"/locks/{site.FirstLock}");
        await page.GetByLabel("With another lock").SelectOptionAsync(site.SecondLock);
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        var rows = (await page.Locator("table.diff tbody tr").AllInnerTextsAsync()).Select(text => Regex.Replace(text, "\\s+", " ", RegexOptions.None, TimeSpan.FromSeconds(1)).Trim());
        Assert.Equal(["urllib3 2.3.0 2.6.0 changed", "werkzeug 3.1.3 3.1.4 changed"], rows);
    }

    [Fact]
    public async Task The_graph_has_no_label_over_another_and_its_nodes_lead_on()
    {
        await using var window = await site.Browser.OpenAsync(site.Root);
        var page = await window.GoAsync($"/locks/{site.FirstLock}/graph");
        var faults = await page.EvaluateAsync<string[]>(
            """
            () => {
              const nodes = [...document.querySelectorAll("svg.graph a")].map(node => ({ text: node.textContent, label: node.querySelector("text").getBoundingClientRect(), box: node.querySelector("rect").getBoundingClientRect() }));
              const faults = nodes.filter(node => node.label.left < node.box.left || node.label.right > node.box.right).map(node => "leaves its box: " + node.text);
              for (const one of nodes) for (const other of nodes)
                if (one !== other && one.box.left < other.box.right && other.box.left < one.box.right && one.box.top < other.box.bottom && other.box.top < one.box.bottom) faults.push(one.text + " is over " + other.text);
              return faults;
            }
            """);
        Assert.Empty(faults);
        Assert.Equal(15, await page.Locator("svg.graph a").CountAsync());
        await page.Locator("svg.graph a", new() { HasText = "jinja2" }).FocusAsync();
        Assert.Equal(2, await page.Locator("svg.graph path.near").CountAsync());
        await page.GetByLabel("Only what leads to and from").SelectOptionAsync("markupsafe");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        Assert.Equal(["flask", "jinja2", "markupsafe", "werkzeug"], (await page.Locator("svg.graph a").AllTextContentsAsync()).Select(text => text.Trim().Split(' ')[0]).Order(StringComparer.Ordinal));
        await page.Locator("svg.graph a", new() { HasText = "markupsafe" }).ClickAsync();
        Assert.Equal("markupsafe", await page.Locator("h1").TextContentAsync());
        window.AssertClean();
    }

    [Fact]
    public async Task A_package_shows_who_uses_it()
    {
        await using var window = await site.Browser.OpenAsync(site.Root, hasScript: false);
        var page = await window.GoAsync("/packages/urllib3");
        await page.GetByLabel("In versions").FillAsync("<2.6");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        Assert.NotEqual(0, await page.GetByRole(AriaRole.Link, new() { Name = site.Environment[..12] }).CountAsync());
        Assert.Equal(0, await page.GetByRole(AriaRole.Link, new() { Name = site.SecondLock[..12] }).CountAsync());
        var needs = await page.GetByRole(AriaRole.Table, new() { Name = "Packages that need it" }).Locator("tbody tr", new() { HasText = "requests" }).AllInnerTextsAsync();
        Assert.Contains("1.21.1", Assert.Single(needs), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_that_is_downloaded_is_the_archive_that_its_digest_says()
    {
        await using var window = await site.Browser.OpenAsync(site.Root);
        var page = await window.GoAsync($"/environments/{site.Environment}");
        var link = page.Locator("td a[download]").First;
        var digest = (await link.GetAttributeAsync("href"))!.Split(':')[^1];
        var download = await page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.EndsWith(".tar", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.Equal(digest, Packaging.Sha256Digest.Of(await File.ReadAllBytesAsync(await download.PathAsync(), TestServer.Stop)).ToString());
    }

    [Fact]
    public async Task Lines_are_copied()
    {
        await using var window = await site.Browser.OpenAsync(site.Root);
        await window.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var page = await window.GoAsync($"/environments/{site.Environment}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy: pyenv.yaml" }).ClickAsync();
        await page.GetByText("Copied").WaitForAsync();
        Assert.Equal($"server: {site.Root.AbsoluteUri.TrimEnd('/')}", await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task The_keyboard_reaches_everything_in_order_and_shows_where_it_is()
    {
        await using var window = await site.Browser.OpenAsync(site.Root);
        var page = await window.GoAsync($"/builds/{site.Build}");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to content", await page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        Assert.True(await page.EvaluateAsync<bool>("() => document.activeElement.getBoundingClientRect().top >= 0"));
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        Assert.True(await page.EvaluateAsync<bool>("() => document.querySelector('main').contains(document.activeElement)"));
        await page.Keyboard.PressAsync("Shift+Tab");
        await window.GoAsync($"/builds/{site.Build}");
        var last = -1;
        for (var i = 0; i < 14; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var place = await page.EvaluateAsync<int>(
                """
                () => {
                  const all = [...document.querySelectorAll("*")], here = document.activeElement, style = getComputedStyle(here);
                  return style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2 ? -2 : all.indexOf(here);
                }
                """);
            Assert.True(place > last, $"Stop {i} is at {place} after {last}.");
            last = place;
        }
    }

    [Fact]
    public async Task Updates_are_looked_for_by_a_button()
    {
        await using var window = await site.Browser.OpenAsync(site.Root);
        var page = await window.GoAsync("/updates");
        await page.GetByRole(AriaRole.Link, new() { Name = "shop <b>front</b>" }).ClickAsync();
        var before = (await site.Server.Get<SubscriptionStore>().RunsAsync(site.Subscription, 50, TestServer.Stop)).Count;
        await page.GetByRole(AriaRole.Button, new() { Name = "Look now" }).ClickAsync();
        while ((await site.Server.Get<SubscriptionStore>().RunsAsync(site.Subscription, 50, TestServer.Stop)) is var runs && (runs.Count == before || runs[0].State == UpdateState.Solving))
            await Task.Delay(50, TestServer.Stop);
        await window.GoAsync($"/updates/{site.Subscription}");
        await page.Locator("dd .state-ready").WaitForAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download the lock" }).ClickAsync());
        Assert.Equal(("pylock.toml", site.SecondLock), (download.SuggestedFilename, Site.Digest(await File.ReadAllTextAsync(await download.PathAsync(), TestServer.Stop))));
    }

    /// <summary>Leaves a picture in the test's results, and in a folder of its own where one is named.</summary>
    private static void Keep(string name, byte[] picture)
    {
        TestContext.Current.AddAttachment(name, picture, "image/png");
        if (Environment.GetEnvironmentVariable("VENVBUILD_SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, name), picture);
        }
    }
}
