using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server.Pages.Builds;

/// <summary>One build: how far it is, what it said, and the way to stop it or begin it anew.</summary>
internal sealed class DetailsModel(BuildStore builds, BuildQueue queue, BuildQuestionReader reader, LockStore locks) : PageModel
{
    private const int MaxLines = 2_000;

    public Build Build { get; private set; } = null!;

    public IReadOnlyList<BuildLine> Lines { get; private set; } = [];

    public bool IsMade { get; private set; }

    public bool IsUnderWay => Build.State is BuildState.Queued or BuildState.Building;

    public bool IsCut => Lines.Count == MaxLines;

    public long LastLine => Lines is [.., var last] ? last.Sequence : 0;

    public IReadOnlyList<EnvironmentStatusCheck> Checks => StatusWriter.ChecksOf(Build);

    /// <summary>Whether the one who looks may stop or begin builds.</summary>
    public bool MayAct => HttpContext.Features.GetRequiredFeature<Caller>().May(AccessScopes.Build);

    public async Task<IActionResult> OnGetAsync(string key)
    {
        if (await FindAsync(key) is not { } build)
            return NotFound();
        Build = build;
        Lines = await builds.ReadLinesAsync(build.Key, 0, MaxLines, HttpContext.RequestAborted);
        IsMade = await builds.ReadEnvironmentAsync(build.EnvironmentKey, HttpContext.RequestAborted) is not null;
        return Page();
    }

    [Needs(AccessScopes.Build)]
    public async Task<IActionResult> OnPostCancelAsync(string key)
    {
        if (await FindAsync(key) is not { } build)
            return NotFound();
        await queue.CancelAsync(build.Key, HttpContext.RequestAborted);
        return LocalRedirect($"/builds/{build.Key}");
    }

    [Needs(AccessScopes.Build)]
    public async Task<IActionResult> OnPostAgainAsync(string key)
    {
        if (await FindAsync(key) is not { } build || await locks.ReadAsync(build.LockDigest, HttpContext.RequestAborted) is not { } content)
            return NotFound();
        if (reader.Read(build, content).Question is { } question && question.BuildKey == build.Key)
            await queue.AskAsync(question, HttpContext.RequestAborted);
        return LocalRedirect($"/builds/{build.Key}");
    }

    private async Task<Build?> FindAsync(string key) =>
        Sha256Digest.TryParse(key, out var digest) ? await builds.FindAsync(digest.ToString(), HttpContext.RequestAborted) : null;
}
