using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace VenvBuild.Server;

/// <summary>What a browser is shown where a program gets problem details.</summary>
internal sealed record Failure(int Status, string Title, string Detail)
{
    /// <summary>Whether a request is a browser's, for one of its pages.</summary>
    public static bool IsForBrowser(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        && !request.Path.StartsWithSegments("/v1") && !request.Path.StartsWithSegments("/openapi");

    /// <summary>Writes it.</summary>
    public static Task WriteAsync(HttpContext context, int status)
    {
        SiteFilter.Guard(context.Response);
        if (status == StatusCodes.Status429TooManyRequests)
            context.Response.Headers.RetryAfter = "5";
        var services = context.RequestServices;
        var view = new ViewResult
        {
            ViewName = "/Pages/Shared/Failure.cshtml",
            StatusCode = status,
            ViewData = new ViewDataDictionary<Failure>(services.GetRequiredService<IModelMetadataProvider>(), new ModelStateDictionary()) { Model = Of(status, context) },
        };
        return view.ExecuteResultAsync(new(context, new(), new ActionDescriptor()));
    }

    private static Failure Of(int status, HttpContext context) => status switch
    {
        400 => new(status, "That did not work", "The form was too old, or did not come from this site. Go back, load the page again, and send it once more."),
        401 => new(status, "Sign in first", "This page needs a token."),
        403 => new(status, "Not allowed", context.Features.Get<Caller>()?.Token is null
            ? "This needs a token. Sign in with one that has the scope for it."
            : "The token that you signed in with has not the scope for this."),
        404 => new(status, "Nothing here", "There is no page at this address, or what it was about is not kept here any more."),
        405 => new(status, "Not this way", "This address takes other requests."),
        429 => new(status, "A little slower", "More requests came from here than one address or token may make. Wait a few seconds, then load the page again."),
        503 => new(status, "Not now", "The server's database does not answer. Load the page again in a moment."),
        >= 500 => new(status, "The server failed", "It is not your doing. The server's log says why."),
        _ => new(status, "That did not work", "The request was not understood."),
    };
}
