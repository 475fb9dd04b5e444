using Microsoft.AspNetCore.Mvc.RazorPages;
using VenvBuild.Packaging;

namespace VenvBuild.Server.Pages.Locks;

/// <summary>Locks: all, or those that pin a package.</summary>
internal sealed class IndexModel(SiteQueries queries, LockShelf shelf) : PageModel
{
    public string? Q { get; private set; }

    public bool IsUnclear { get; private set; }

    /// <summary>The locks with what was asked for.</summary>
    public IReadOnlyList<(LockRow Row, string Asked)> Rows { get; private set; } = [];

    public Pager Pager { get; private set; } = null!;

    public async Task OnGetAsync(string? q, int? p)
    {
        Q = string.IsNullOrWhiteSpace(q) ? null : q.Trim();
        var number = Pager.Clamp(p);
        Pager = new(number, 0, new Dictionary<string, string?> { ["q"] = Q });
        PackageName parsed = default;
        if (Q is not null && !PackageName.TryParse(Q, out parsed))
        {
            IsUnclear = true;
            return;
        }

        var (total, rows) = await queries.LocksAsync(Q is null ? null : parsed, number, HttpContext.RequestAborted);
        var told = new List<(LockRow, string)>();
        foreach (var row in rows)
            told.Add((row, await shelf.AskedAsync(row.Digest, HttpContext.RequestAborted)));
        (Rows, Pager) = (told, Pager with { Total = total });
    }
}
