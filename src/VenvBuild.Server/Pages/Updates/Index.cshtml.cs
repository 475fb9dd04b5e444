using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VenvBuild.Server.Pages.Updates;

/// <summary>Subscribed locks.</summary>
internal sealed class IndexModel(SubscriptionStore subscriptions, UpdateService updates) : PageModel
{
    public IReadOnlyList<SubscriptionStatus> Rows { get; private set; } = [];

    /// <summary>How to subscribe.</summary>
    public (string Label, string Text) Example => (
        "Terminal",
        $"jq -n --rawfile manifest pyenv.yaml --rawfile lock pylock.toml '{{$manifest, $lock, hours: 24}}' |\n  curl -sS --json @- {Request.Scheme}://{Request.Host}/v1/subscriptions");

    public async Task OnGetAsync()
    {
        var rows = new List<SubscriptionStatus>();
        foreach (var subscription in await subscriptions.ListAsync(HttpContext.RequestAborted))
            rows.Add(await updates.StatusAsync(subscription, HttpContext.RequestAborted));
        Rows = rows;
    }
}
