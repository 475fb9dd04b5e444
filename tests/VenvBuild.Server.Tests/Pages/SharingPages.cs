using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using VenvBuild.Remote;

namespace VenvBuild.Server.Tests;

/// <summary>Pages of two web processes on PostgreSQL are one site: whichever of them answers, a form that the other rendered is taken.</summary>
public sealed class SharingPages(SharedSite site) : IClassFixture<SharedSite>
{
    [Fact]
    public async Task Every_page_is_whole_whichever_process_answers()
    {
        await using var window = await site.Browser.OpenAsync(site.Root);
        foreach (var (_, path) in site.Pages)
        {
            // Once from each.
            await window.GoAsync(path);
            var page = await window.GoAsync(path);
            await page.AssertAccessibleAsync();
        }

        window.AssertClean();
    }

    [Fact]
    public async Task Forms_of_one_process_are_taken_by_the_other_and_the_keys_that_prove_them_are_not_legible_in_the_database()
    {
        await using var window = await site.Browser.OpenAsync(site.Root, hasScript: false);
        for (var time = 0; time < 3; time++)
        {
            var page = await window.GoAsync($"/updates/{site.Subscription}");
            await page.GetByRole(AriaRole.Button, new() { Name = "Look now" }).ClickAsync();
            Assert.Equal("shop <b>front</b>", await page.Locator("h1").TextContentAsync());
        }

        var locks = await window.GoAsync($"/locks/{site.FirstLock}");
        await locks.GetByRole(AriaRole.Button, new() { Name = "Build 6 targets" }).ClickAsync();
        Assert.Equal("Grid", await locks.Locator("h1").TextContentAsync());
        await using var catalog = site.Server.Get<CatalogFactory>().Open();
        var keys = await catalog.FormKeys.Select(key => key.Xml).ToListAsync(TestServer.Stop);
        Assert.NotEmpty(keys);
        Assert.All(keys, key =>
        {
            Assert.Contains("encryptedKey", key, StringComparison.Ordinal);
            Assert.DoesNotContain("masterKey", key, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Who_signed_in_at_one_process_is_known_to_the_other()
    {
        var (made, token) = await site.Server.Get<TokenStore>().MakeAsync("reading room", AccessScopes.Read, TestServer.Stop);
        await using var window = await site.Browser.OpenAsync(site.Root, hasScript: false);
        var page = await window.GoAsync("/sign-in");
        await page.GetByLabel("Token").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        foreach (var path in new[] { "/locks", "/locks", "/builds", "/builds" })
        {
            await window.GoAsync(path);
            Assert.Equal("reading room", await page.Locator(".who .name").TextContentAsync());
        }

        await site.Server.Get<TokenStore>().RevokeAsync(made.Id, TestServer.Stop);
        await window.GoAsync("/locks");
        await window.GoAsync("/locks");
        Assert.Equal(0, await page.Locator(".who .name").CountAsync());
    }

    [Fact]
    public async Task A_build_that_a_worker_makes_is_followed_and_cancelled_at_any_process()
    {
        site.Index.Add("slow", "1.0");
        var toml = await site.Server.Client.LockAsync(site.Index, "slow");
        site.Index.Latency = TimeSpan.FromSeconds(60);
        try
        {
            using var asked = await site.Server.Client.BuildAsync(toml);
            var key = await asked.KeyAsync();
            await site.Server.Client.UntilAsync(key, EnvironmentStatus.Building);
            await using var window = await site.Browser.OpenAsync(site.Root);
            var page = await window.GoAsync($"/builds/{key}");
            await page.GetByRole(AriaRole.Button, new() { Name = "Cancel this build" }).ClickAsync();
            await page.Locator("#status .state-cancelled").WaitForAsync();
            window.AssertClean();
        }
        finally
        {
            site.Index.Latency = default;
        }
    }
}
