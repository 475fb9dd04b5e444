using Microsoft.Playwright;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Chromium as the system has it; nothing is downloaded.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;

    private Browser(IPlaywright driver, IBrowser browser) => (_driver, _browser) = (driver, browser);

    /// <summary>Starts it; skips the test where there is none.</summary>
    public static async Task<Browser> StartAsync()
    {
        var executable = Places.FirstOrDefault(File.Exists);
        Require.That(executable is not null, "Chromium");
        var driver = await Playwright.CreateAsync();
        try
        {
            return new(driver, await driver.Chromium.LaunchAsync(new()
            {
                ExecutablePath = executable,
                Args =
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                ],
            }));
        }
        catch
        {
            driver.Dispose();
            throw;
        }
    }

    /// <summary>A window of its own, with its own cookies, that notes what goes wrong in it.</summary>
    public async Task<Window> OpenAsync(Uri root, bool hasScript = true, ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = root.AbsoluteUri,
            JavaScriptEnabled = hasScript,
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        // A busy machine is no fault of a page.
        context.SetDefaultTimeout(120_000);
        return await Window.OfAsync(context, root);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _driver.Dispose();
    }
}
