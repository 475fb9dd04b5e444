using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server.Pages.Locks;

/// <summary>One lock: what was asked, what was pinned, and what was made of it.</summary>
internal sealed class DetailsModel(LockShelf shelf, SiteQueries queries, GridService grids) : PageModel
{
    public string Digest { get; private set; } = "";

    public LockDocument Document { get; private set; } = null!;

    public LockUse Use { get; private set; } = null!;

    /// <summary>What was asked, by its kind.</summary>
    public IReadOnlyList<IGrouping<string, string>> Requests { get; private set; } = [];

    public IReadOnlyList<EnvironmentTarget> Targets { get; private set; } = [];

    /// <summary>Locks to compare it with.</summary>
    public IReadOnlyList<(LockRow Lock, string Asked)> Others { get; private set; } = [];

    public bool MayBuild => HttpContext.Features.GetRequiredFeature<Caller>().May(AccessScopes.Build);

    public async Task<IActionResult> OnGetAsync(string digest)
    {
        if (LockAddress.Parse(digest) is not { } hex || await shelf.FindAsync(hex, HttpContext.RequestAborted) is not { } document)
            return NotFound();
        (Digest, Document, Targets) = (hex, document, LockTargets.Of(document));
        Requests = [.. (document.Provenance?.Requests ?? []).Select(line => (line, At: line.IndexOf(": ", StringComparison.Ordinal))).Where(pair => pair.At > 0)
            .GroupBy(pair => pair.line[..pair.At], pair => pair.line[(pair.At + 2)..], StringComparer.Ordinal)];
        Use = await queries.LockUseAsync(hex, HttpContext.RequestAborted);
        var others = new List<(LockRow, string)>();
        foreach (var other in Use.Others)
            others.Add((other, await shelf.AskedAsync(other.Digest, HttpContext.RequestAborted)));
        Others = others;
        return Page();
    }

    [Needs(AccessScopes.Build)]
    public async Task<IActionResult> OnPostGridAsync(string digest)
    {
        if (LockAddress.Parse(digest) is not { } hex)
            return NotFound();
        var (grid, _) = await grids.AskAsync(new() { Lock = $"sha256:{hex}" }, HttpContext.RequestAborted);
        return grid is null ? BadRequest() : LocalRedirect($"/grids/{grid.Id}");
    }
}
