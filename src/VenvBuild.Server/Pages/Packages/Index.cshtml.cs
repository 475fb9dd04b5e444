using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VenvBuild.Server.Pages.Packages;

/// <summary>Projects that the catalog knows.</summary>
internal sealed class IndexModel(SiteQueries queries) : PageModel
{
    public string? Q { get; private set; }

    public IReadOnlyList<PackageRow> Rows { get; private set; } = [];

    public Pager Pager { get; private set; } = null!;

    public async Task OnGetAsync(string? q, int? p)
    {
        Q = string.IsNullOrWhiteSpace(q) ? null : q.Trim().ToLowerInvariant().Replace('_', '-');
        var number = Pager.Clamp(p);
        (var total, Rows) = await queries.PackagesAsync(Q, number, HttpContext.RequestAborted);
        Pager = new(number, total, new Dictionary<string, string?> { ["q"] = Q });
    }
}
