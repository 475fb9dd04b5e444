using Microsoft.AspNetCore.Mvc.RazorPages;
using VenvBuild.Packaging;

namespace VenvBuild.Server.Pages.Environments;

/// <summary>Finished environments: all, or those for a target or with a package.</summary>
internal sealed class IndexModel(SiteQueries queries) : PageModel
{
    public string? Q { get; private set; }

    public string? Platform { get; private set; }

    public string? Python { get; private set; }

    /// <summary>Whether what was searched for cannot be understood.</summary>
    public bool IsUnclear { get; private set; }

    public bool IsNarrowed => Q is not null || Platform is not null || Python is not null || Pager.Number > 1;

    public IReadOnlyList<string> Platforms { get; private set; } = [];

    public IReadOnlyList<string> Pythons { get; private set; } = [];

    public IReadOnlyList<EnvironmentRow> Rows { get; private set; } = [];

    public Pager Pager { get; private set; } = null!;

    public async Task OnGetAsync(string? q, string? platform, string? python, int? p)
    {
        (Q, Platform, Python) = (Text(q), Text(platform), Text(python));
        (Platforms, Pythons) = await queries.TargetsAsync(HttpContext.RequestAborted);
        var number = Pager.Clamp(p);
        Pager = new(number, 0, new Dictionary<string, string?> { ["q"] = Q, ["platform"] = Platform, ["python"] = Python });
        Requirement? asked = null;
        if (Q is not null && (!Requirement.TryParse(Q, out asked) || asked.Specifiers.HasArbitrary))
        {
            IsUnclear = true;
            return;
        }

        (var total, Rows) = await queries.EnvironmentsAsync(asked is null ? null : (asked.Name, asked.Specifiers), Platform, Python, number, HttpContext.RequestAborted);
        Pager = Pager with { Total = total };
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
