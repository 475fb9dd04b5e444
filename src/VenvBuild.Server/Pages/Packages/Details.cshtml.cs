using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VenvBuild.Packaging;

namespace VenvBuild.Server.Pages.Packages;

/// <summary>One project: its releases, and who uses it.</summary>
internal sealed class DetailsModel(SiteQueries queries, CatalogQueries catalog) : PageModel
{
    public string Name { get; private set; } = "";

    public string? Specifier { get; private set; }

    public bool IsUnclear { get; private set; }

    public PackageUse Use { get; private set; } = null!;

    public Dependents Dependents { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string name, string? specifier)
    {
        if (!PackageName.TryParse(name, out var parsed))
            return NotFound();
        Name = parsed.Value;
        Specifier = string.IsNullOrWhiteSpace(specifier) ? null : specifier.Trim();
        if (!VersionSpecifiers.TryParse(Specifier ?? "", out var specifiers) || specifiers.HasArbitrary)
        {
            IsUnclear = true;
            specifiers = VersionSpecifiers.Parse("");
        }

        Use = await queries.PackageAsync(parsed, specifiers, HttpContext.RequestAborted);
        Dependents = await catalog.DependentsAsync(parsed, specifiers, HttpContext.RequestAborted);
        return Use.Releases.Count == 0 && Use.Environments.Count == 0 && Dependents is { Locks.Count: 0, Releases.Count: 0 } && Specifier is null ? NotFound() : Page();
    }
}
