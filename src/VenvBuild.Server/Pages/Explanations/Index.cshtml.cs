using Microsoft.AspNetCore.Mvc.RazorPages;
using VenvBuild.Workspace;

namespace VenvBuild.Server.Pages.Explanations;

/// <summary>All codes, for anybody.</summary>
[Needs(AccessScopes.None)]
internal sealed class IndexModel : PageModel
{
    public IReadOnlyList<Explanation> All { get; private set; } = [];

    public void OnGet() => All = Explanation.All();
}
