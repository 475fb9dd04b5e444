using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VenvBuild.Server.Pages;

/// <summary>Takes a token and keeps it in the session's cookie, or lets it go.</summary>
[Needs(AccessScopes.None)]
internal sealed class SignInModel(TokenStore tokens) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Next { get; set; }

    public bool IsRefused { get; private set; }

    public IActionResult OnGet() => Page();

    public async Task<IActionResult> OnPostAsync(string? token)
    {
        if (await tokens.FindAsync((token ?? "").Trim(), HttpContext.RequestAborted) is null)
        {
            IsRefused = true;
            Response.StatusCode = StatusCodes.Status403Forbidden;
            return Page();
        }

        SessionCookie.Write(HttpContext, token!.Trim());
        return Url.IsLocalUrl(Next) ? LocalRedirect(Next) : LocalRedirect("/");
    }

    public IActionResult OnPostOut()
    {
        SessionCookie.Remove(HttpContext);
        return LocalRedirect("/");
    }
}
