using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VenvBuild.Server.Pages.Grids;

/// <summary>All targets of a lock on one page.</summary>
internal sealed class DetailsModel(GridService grids) : PageModel
{
    public GridStatus Status { get; private set; } = null!;

    public bool MayAct => HttpContext.Features.GetRequiredFeature<Caller>().May(AccessScopes.Build);

    public async Task<IActionResult> OnGetAsync(string id)
    {
        if (await grids.StatusAsync(id, HttpContext.RequestAborted) is not { } status)
            return NotFound();
        Status = status;
        return Page();
    }

    [Needs(AccessScopes.Build)]
    public async Task<IActionResult> OnPostCancelAsync(string id) =>
        await grids.CancelAsync(id, HttpContext.RequestAborted) ? LocalRedirect($"/grids/{id}") : NotFound();
}
