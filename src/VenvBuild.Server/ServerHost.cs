using System.Net;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using VenvBuild.Workspace;

namespace VenvBuild.Server;

/// <summary>Puts the server together.</summary>
internal static class ServerHost
{
    private static readonly Action<ILogger, string, Exception?> Hint = LoggerMessage.Define<string>(
        LogLevel.Information, new(3, nameof(Hint)), "Resolver server for VenvBuild. In pyenv.yaml:\n\n    server: {Url}\n");

    /// <summary>The server, its database ready, not yet listening.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="cancellationToken">Stops the preparations.</param>
    /// <param name="clock">What tells the time; null for the system's.</param>
    /// <exception cref="Packaging.DiagnosticException">The settings are in error, or the database cannot be used.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args, CancellationToken cancellationToken, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        if (builder.Configuration["role"] is { Length: > 0 } role)
            builder.Configuration[$"{ServerSettings.Section}:Role"] = role;
        var settings = SettingsReader.Read(builder.Configuration);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error).AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error).AddFilter("Quartz", LogLevel.Warning).AddFilter("Quartz.Core.JobRunShell", LogLevel.None).AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.BodyBytes;
        });
        // The queue interrupts what has not ended by then; it takes a moment to be given back.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.DrainTime + TimeSpan.FromSeconds(30));
        var abilities = settings.Role == ServerRole.Web ? new() : await WorkerAbilities.FindAsync(settings, cancellationToken);
        ServerTelemetry.Add(builder, settings);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        AddServices(builder.Services, settings, abilities, AnonymousScopes.Of(settings, IsLoopbackOnly(builder.Configuration)));
        var app = builder.Build();
        await app.Services.GetRequiredService<CatalogFactory>().PrepareAsync(cancellationToken);
        app.Services.GetRequiredService<ServerLease>().Take(settings);
        await app.Services.GetRequiredService<ILayerStorage>().CheckAsync(cancellationToken);
        await SourceBuilds.CheckAsync(settings, cancellationToken);
        await PeerSolve.CheckAsync(settings.Resolver, cancellationToken);
        app.Services.GetRequiredService<EnvironmentSigner>();
        app.Lifetime.ApplicationStarted.Register(() => Hint(app.Logger, UrlOf(app), null));
        app.UseForwardedHeaders();
        app.UseExceptionHandler(handler => handler.Run(FailAsync));
        app.UseStatusCodePages(context => SayAsync(context.HttpContext, context.HttpContext.Response.StatusCode));
        app.UseMiddleware<CallerMiddleware>();
        app.UseRateLimiter();
        ServerTelemetry.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        HealthEndpoints.Map(app);
        LocksEndpoints.Map(app);
        CatalogEndpoints.Map(app);
        EnvironmentsEndpoints.Map(app);
        LayersEndpoints.Map(app);
        GridsEndpoints.Map(app);
        SubscriptionsEndpoints.Map(app);
        SiteSetup.Map(app);
        return app;
    }

    /// <summary>Where the server listens; the first address, with a name that this machine understands.</summary>
    public static string UrlOf(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.FirstOrDefault() ?? "http://localhost:5000";
        return address.Replace("//[::]", "//localhost", StringComparison.Ordinal).Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);
    }

    private static void AddServices(IServiceCollection services, ServerSettings settings, WorkerAbilities abilities, AnonymousScopes anonymous)
    {
        services.AddSingleton(settings).AddSingleton(anonymous);
        services.AddSingleton<CatalogFactory>().AddSingleton<TokenStore>().AddSingleton<AddressPolicy>().AddSingleton<IndexPolicy>().AddSingleton<IndexCredentials>();
        services.AddSingleton<LockStore>().AddSingleton<LockAnswers>().AddSingleton<LockService>().AddSingleton<SourceBuilds>().AddSingleton<LockQuestionReader>();
        services.AddSingleton<CatalogWriter>().AddSingleton<CatalogQueries>().AddSingleton<CatalogQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<CatalogQueue>());
        services.AddSingleton<LockMetadataShelf>();
        services.AddHostedService(provider => provider.GetRequiredService<LockMetadataShelf>());
        services.AddHostedService<EnvironmentIndex>();
        services.AddSingleton<Quotas>().AddSingleton<UseLog>().AddSingleton<GarbageCollection>();
        services.AddHostedService(provider => provider.GetRequiredService<UseLog>());
        if (settings.Role != ServerRole.Web)
            services.AddHostedService<CareSchedule>();
        services.AddSingleton<ServerLease>().AddSingleton<LayerShelf>();
        LayerStorage.Add(services, settings);
        BuildScheduling.Add(services, settings, abilities);
        services.AddSingleton<GridService>().AddSingleton<SubscriptionStore>().AddSingleton<UpdateSchedule>().AddSingleton<UpdateService>();
        ContractDescription.Add(services);
        SiteSetup.Add(services);
        RequestLimits.Add(services, settings);
        TrustedProxies.Add(services, settings);
    }

    /// <summary>A request that cannot be read is its sender's fault; all else is ours, and its text stays in the log.</summary>
    private static Task FailAsync(HttpContext context)
    {
        var failure = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = failure is BadHttpRequestException bad ? bad.StatusCode
            : failure is not null && CatalogFactory.IsAway(failure) ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
        return SayAsync(context, status);
    }

    /// <summary>People are told on a page, programs by problem details.</summary>
    private static Task SayAsync(HttpContext context, int status) =>
        Failure.IsForBrowser(context.Request) ? Failure.WriteAsync(context, status) : Problems.OfStatus(status).ExecuteAsync(context);

    private static bool IsLoopbackOnly(ConfigurationManager configuration)
    {
        if (configuration["http_ports"] is not null || configuration["https_ports"] is not null || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            return false;
        var urls = configuration[WebHostDefaults.ServerUrlsKey];
        return urls is null || urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(text =>
            Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.IsLoopback || (IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address))));
    }
}
