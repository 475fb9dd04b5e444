using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace VenvBuild.Server;

/// <summary><c>/metrics</c> in Prometheus' format; traces over OTLP where a collector is named; logs as JSON where that is asked for.</summary>
internal static class ServerTelemetry
{
    public const string Path = "/metrics";

    public static void Add(WebApplicationBuilder builder, ServerSettings settings)
    {
        if (settings.LogsAsJson)
            builder.Logging.ClearProviders().AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat, console.IncludeScopes) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ", false));
        builder.Services.AddSingleton<ServerMetrics>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("venvbuild-server", serviceVersion: LockQuestionReader.Version.ToNormalizedString()))
            .WithMetrics(metrics => metrics.AddMeter(ServerMetrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime").AddPrometheusExporter());
        if (settings.Collector is { } collector)
            telemetry.WithTracing(traces => traces.AddSource(ServerMetrics.Name).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddOtlpExporter(otlp =>
            {
                otlp.Protocol = settings.CollectorSpeaksHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
                otlp.Endpoint = settings.CollectorSpeaksHttp ? new($"{collector.AbsoluteUri.TrimEnd('/')}/v1/traces") : collector;
            }));
    }

    /// <summary>Whoever may read may read figures.</summary>
    public static void Map(WebApplication app)
    {
        app.UseWhen(context => context.Request.Path == Path, metrics =>
        {
            metrics.Use(async (context, next) =>
            {
                var caller = Quotas.CallerOf(context);
                if (caller.May(AccessScopes.Read) || (caller.Scopes != AccessScopes.None && !caller.HasBadToken))
                    await next(context);
                else
                    await Problems.NotAllowed(false, "This needs a token.").ExecuteAsync(context);
            });
            metrics.UseOpenTelemetryPrometheusScrapingEndpoint();
        });
    }
}
