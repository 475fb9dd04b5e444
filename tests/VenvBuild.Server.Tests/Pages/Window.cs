using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace VenvBuild.Server.Tests;

/// <summary>A window of the browser, and what went wrong in it.</summary>
internal sealed class Window : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly IBrowserContext _context;

    private Window(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    public static async Task<Window> OfAsync(IBrowserContext context, Uri root)
    {
        var window = new Window(context, await context.NewPageAsync());
        window.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                window._faults.Enqueue($"console: {message.Text}");
        };
        window.Page.PageError += (_, error) => window._faults.Enqueue($"script: {error}");
        window.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(root.AbsoluteUri, StringComparison.Ordinal))
                window._faults.Enqueue($"request to another host: {request.Url}");
        };
        return window;
    }

    /// <summary>Goes to a page, which must be there.</summary>
    public async Task<IPage> GoAsync(string path, int status = 200)
    {
        var answer = await Page.GotoAsync(path);
        Assert.Equal(status, answer!.Status);
        return Page;
    }

    /// <summary>Nothing went wrong so far: no error of a script or the policy, no request to another host.</summary>
    public void AssertClean() => Assert.Empty(_faults);

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
