using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VenvBuild.Packaging;

namespace VenvBuild.Server.Pages.Locks;

/// <summary>Who needs whom among the pins of a lock, drawn.</summary>
internal sealed class GraphModel(LockShelf shelf) : PageModel
{
    public string Digest { get; private set; } = "";

    public LockDocument Document { get; private set; } = null!;

    /// <summary>The package that the drawing is about, or null for all.</summary>
    public string? Around { get; private set; }

    public IReadOnlyList<string> Names { get; private set; } = [];

    public LockGraph Graph { get; private set; } = null!;

    public GraphLayout Layout { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string digest, string? around)
    {
        if (LockAddress.Parse(digest) is not { } hex || await shelf.FindAsync(hex, HttpContext.RequestAborted) is not { } document)
            return NotFound();
        (Digest, Document, Graph) = (hex, document, LockGraph.Of(document));
        Names = [.. Graph.Nodes.Select(node => node.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (Names.Contains(around))
        {
            Around = around;
            Graph = Graph.Around(around!);
        }

        Layout = GraphLayout.Of(Graph);
        return Page();
    }

    public string NamesOf(IEnumerable<int> ids) => string.Join(", ", ids.Select(id => Graph.Nodes[id].Name).Distinct(StringComparer.Ordinal)) is { Length: > 0 } names ? names : "–";
}
