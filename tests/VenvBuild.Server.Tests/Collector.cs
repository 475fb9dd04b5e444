using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace VenvBuild.Server.Tests;

/// <summary>A collector of traces (OTLP) on loopback, over HTTP or gRPC, that keeps what it is sent.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _received = new();
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public Uri Root => new(_app.Urls.First());

    public static async Task<Collector> StartAsync(bool isGrpc)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var collector = new Collector(app);
        app.MapPost(isGrpc ? "/opentelemetry.proto.collector.trace.v1.TraceService/Export" : "/v1/traces", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            collector._received.Enqueue(body.ToArray());
            context.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
            if (!isGrpc)
                return;
            // An empty message, and that all went well.
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await app.StartAsync(TestServer.Stop);
        return collector;
    }

    /// <summary>Waits until something that was sent holds all of these texts.</summary>
    public async Task UntilAsync(TracerProvider traces, params string[] texts)
    {
        var left = texts.ToList();
        while (left.Count > 0)
        {
            traces.ForceFlush();
            var all = _received.ToArray();
            left.RemoveAll(text => Array.Exists(all, sent => sent.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0));
            await Task.Delay(50, TestServer.Stop);
        }
    }

    /// <summary>Whether anything that was sent holds a text.</summary>
    public bool Holds(string text) => _received.Any(sent => sent.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
