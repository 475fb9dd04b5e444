using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VenvBuild.Server.Pages.Updates;

/// <summary>One subscribed lock and what looking for updates found.</summary>
internal sealed class DetailsModel(SubscriptionStore subscriptions, UpdateService updates, UpdateSchedule schedule) : PageModel
{
    public SubscriptionStatus Status { get; private set; } = null!;

    public IReadOnlyList<UpdateRun> Runs { get; private set; } = [];

    public bool MayRun => Caller.May(AccessScopes.Resolve);

    public bool MayEnd { get; private set; }

    private Caller Caller => HttpContext.Features.GetRequiredFeature<Caller>();

    public async Task<IActionResult> OnGetAsync(string id)
    {
        if (await subscriptions.FindAsync(id, HttpContext.RequestAborted) is not { } subscription)
            return NotFound();
        Status = await updates.StatusAsync(subscription, HttpContext.RequestAborted);
        Runs = await subscriptions.RunsAsync(id, 50, HttpContext.RequestAborted);
        MayEnd = SubscriptionsEndpoints.MayEnd(subscription, Caller);
        return Page();
    }

    [Needs(AccessScopes.Resolve)]
    public async Task<IActionResult> OnPostRunAsync(string id)
    {
        if (await subscriptions.FindAsync(id, HttpContext.RequestAborted) is not { } subscription)
            return NotFound();
        await schedule.EnsureAsync(subscription, HttpContext.RequestAborted);
        await schedule.RunAsync(id, HttpContext.RequestAborted);
        return LocalRedirect($"/updates/{id}");
    }

    [Needs(AccessScopes.Resolve)]
    public async Task<IActionResult> OnPostEndAsync(string id)
    {
        if (await subscriptions.FindAsync(id, HttpContext.RequestAborted) is not { } subscription)
            return NotFound();
        if (!SubscriptionsEndpoints.MayEnd(subscription, Caller))
            return StatusCode(StatusCodes.Status403Forbidden);
        await schedule.StopAsync(id, HttpContext.RequestAborted);
        await subscriptions.RemoveAsync(id, HttpContext.RequestAborted);
        return LocalRedirect("/updates");
    }
}
