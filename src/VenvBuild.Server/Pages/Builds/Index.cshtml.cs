using Microsoft.AspNetCore.Mvc.RazorPages;

namespace VenvBuild.Server.Pages.Builds;

/// <summary>Builds, all or in one state.</summary>
internal sealed class IndexModel(SiteQueries queries) : PageModel
{
    public BuildState? State { get; private set; }

    public IReadOnlyList<Build> Rows { get; private set; } = [];

    public Pager Pager { get; private set; } = null!;

    public async Task OnGetAsync(string? state, int? p)
    {
        State = Enum.GetValues<BuildState>().Where(known => Show.State(known) == state).Select(known => (BuildState?)known).FirstOrDefault();
        var number = Pager.Clamp(p);
        (var total, Rows) = await queries.BuildsAsync(State, number, HttpContext.RequestAborted);
        Pager = new(number, total, new Dictionary<string, string?> { ["state"] = State is { } wanted ? Show.State(wanted) : null });
    }
}
