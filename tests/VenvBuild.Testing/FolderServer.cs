using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace VenvBuild.Testing;

/// <summary>The files of a folder over HTTP on loopback, as any web server has them.</summary>
public sealed class FolderServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly HttpListener _listener;
    private readonly Task _serving;

    /// <summary>Serves a folder, which need not be there yet.</summary>
    public FolderServer(string folder)
    {
        _folder = Path.GetFullPath(folder);
        (_listener, Root) = Listen("127.0.0.1");
        _serving = ServeAsync();
    }

    /// <summary>The address of the folder.</summary>
    public Uri Root { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    /// <summary>Listens at a free port.</summary>
    internal static (HttpListener Listener, Uri Root) Listen(string host)
    {
        for (var attempt = 0; ; attempt++)
        {
            var root = string.Create(CultureInfo.InvariantCulture, $"http://{host}:{RandomNumberGenerator.GetInt32(20000, 60000)}/");
            var listener = new HttpListener();
            listener.Prefixes.Add(root);
            try
            {
                listener.Start();
                return (listener, new(root));
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                // The port is taken, and a listener that failed is of no more use.
            }
        }
    }

    private async Task ServeAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
                running.Add(AnswerAsync(await _listener.GetContextAsync()));
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // It is over.
        }

        await Task.WhenAll(running);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var path = Path.GetFullPath(_folder + Uri.UnescapeDataString(context.Request.Url!.AbsolutePath));
            if (context.Request.HttpMethod != "GET" || !path.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path))
            {
                context.Response.StatusCode = 404;
            }
            else
            {
                await using var file = File.OpenRead(path);
                context.Response.ContentLength64 = file.Length;
                await file.CopyToAsync(context.Response.OutputStream);
            }

            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client went away.
            context.Response.Abort();
        }
    }
}
