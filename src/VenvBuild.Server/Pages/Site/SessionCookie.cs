namespace VenvBuild.Server;

/// <summary>
/// The token of somebody who signed in on a page. It counts for reading, and for the forms of pages, which prove where they come from; no script
/// sees it and no other site sends it.
/// </summary>
internal static class SessionCookie
{
    private const string Name = "venvbuild-token";

    /// <summary>The token that a request brings in this way, or null where it does not count.</summary>
    public static string? Read(HttpRequest request)
    {
        var isReading = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        return isReading || !request.Path.StartsWithSegments("/v1") ? request.Cookies[Name] : null;
    }

    public static void Write(HttpContext context, string token) => context.Response.Cookies.Append(Name, token, Options(context));

    public static void Remove(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context));

    private static CookieOptions Options(HttpContext context) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", IsEssential = true };
}
