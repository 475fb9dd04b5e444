using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VenvBuild.Server.Pages.Locks;

/// <summary>What is different between two locks.</summary>
internal sealed class CompareModel(LockShelf shelf, SubscriptionStore subscriptions) : PageModel
{
    public string Before { get; private set; } = "";

    public string After { get; private set; } = "";

    public string AskedBefore { get; private set; } = "";

    public string AskedAfter { get; private set; } = "";

    public IReadOnlyList<LockDifference> Changes { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? before, string? after)
    {
        if (LockAddress.Parse(before) is not { } first || LockAddress.Parse(after) is not { } second
            || await shelf.FindAsync(first, HttpContext.RequestAborted) is not { } old || await shelf.FindAsync(second, HttpContext.RequestAborted) is not { } now)
        {
            return NotFound();
        }

        (Before, After, AskedBefore, AskedAfter) = (first, second, LockSummary.Asked(old), LockSummary.Asked(now));
        Changes = await subscriptions.DifferencesAsync(first, second, HttpContext.RequestAborted);
        return Page();
    }
}
