using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;

namespace VenvBuild.Server;

/// <summary>So many requests a minute for each token, and for each address without one; health is always answered.</summary>
internal static class RequestLimits
{
    public static void Add(IServiceCollection services, ServerSettings settings) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.Request.Path == "/healthz" || context.Request.Path == "/readyz"
                ? RateLimitPartition.GetNoLimiter("")
                : RateLimitPartition.GetTokenBucketLimiter(context.Features.GetRequiredFeature<Caller>().Key, _ => new()
                {
                    TokenLimit = settings.RequestsPerMinute,
                    TokensPerPeriod = Math.Max(1, settings.RequestsPerMinute / 12),
                    ReplenishmentPeriod = TimeSpan.FromSeconds(settings.RequestsPerMinute < 12 ? 60d / settings.RequestsPerMinute : 5),
                    QueueLimit = 0,
                }));
    });
}
