using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VenvBuild.Server.Pages;

/// <summary>The server at a glance.</summary>
internal sealed class IndexModel(SiteQueries queries, DiskUsage disk) : PageModel
{
    public Overview Overview { get; private set; } = null!;

    public (long Free, long Total)? Disk { get; private set; }

    public int UsedPercent => Disk is var (free, total) && total > 0 ? (int)Math.Round(100d * (total - free) / total) : 0;

    public string Root => $"{Request.Scheme}://{Request.Host}";

    public async Task OnGetAsync()
    {
        Overview = await queries.OverviewAsync(HttpContext.RequestAborted);
        Disk = disk.Read();
    }
}
