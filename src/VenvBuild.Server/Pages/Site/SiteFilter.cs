using System.Reflection;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace VenvBuild.Server;

/// <summary>Who may see a page and what its browser may do with it: nothing comes from elsewhere, nothing inline runs, nobody frames it.</summary>
internal sealed class SiteFilter : IAsyncPageFilter
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>What every page says to its browser.</summary>
    public static void Guard(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        (response.Headers.CacheControl, response.Headers.Pragma) = ("no-cache, no-store", "no-cache");
    }

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        Guard(context.HttpContext.Response);
        // A form of which nothing comes is none of ours.
        if (context.HandlerMethod is null)
        {
            context.Result = new StatusCodeResult(StatusCodes.Status405MethodNotAllowed);
            return;
        }

        var needs = context.HandlerMethod.MethodInfo.GetCustomAttribute<NeedsAttribute>() ?? context.HandlerInstance.GetType().GetCustomAttribute<NeedsAttribute>();
        var caller = context.HttpContext.Features.GetRequiredFeature<Caller>();
        var scope = needs?.Scope ?? AccessScopes.Read;
        if (scope == AccessScopes.None || caller.May(scope))
        {
            await next();
            return;
        }

        var isReading = HttpMethods.IsGet(context.HttpContext.Request.Method) || HttpMethods.IsHead(context.HttpContext.Request.Method);
        context.Result = caller.Token is null && isReading
            ? new RedirectToPageResult("/SignIn", new { next = context.HttpContext.Request.Path + context.HttpContext.Request.QueryString })
            : new StatusCodeResult(StatusCodes.Status403Forbidden);
    }
}
