using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VenvBuild.Workspace;

namespace VenvBuild.Server.Pages.Explanations;

/// <summary>What a code in a problem's diagnostics means; the same text as <c>dotnet pyenv explain</c>, for anybody.</summary>
[Needs(AccessScopes.None)]
internal sealed class DetailsModel : PageModel
{
    public Explanation Explanation { get; private set; } = null!;

    public IActionResult OnGet(string code)
    {
        if (Explanation.Find(code) is not { } found)
            return NotFound();
        Explanation = found;
        return code == found.Code ? Page() : RedirectPermanent($"/problems/{found.Code}");
    }

    /// <summary>A paragraph in the parts that are between backticks, and those that are not.</summary>
    public static IEnumerable<(string Text, bool IsCode)> Parts(string paragraph) => paragraph.Split('`').Select((text, i) => (text, i % 2 == 1)).Where(part => part.text.Length > 0);

    /// <summary>What those hear who do not see it.</summary>
    public static string NameOf(ExplanationBlock block) => block.Language switch
    {
        "sh" => "Commands",
        "yaml" => "Lines of the manifest",
        "yaml wrong" => "Lines of a manifest that lead to it",
        "toml" => "Lines of a lock",
        _ => "As it looks",
    };
}
