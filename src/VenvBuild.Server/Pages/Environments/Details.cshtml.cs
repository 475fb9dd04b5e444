using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server.Pages.Environments;

/// <summary>One environment: what is in it, where it came from, and how to get it.</summary>
internal sealed class DetailsModel(SiteQueries queries, BuildStore builds) : PageModel
{
    private long _largest = 1;

    public EnvironmentRow Row { get; private set; } = null!;

    public EnvironmentManifest Manifest { get; private set; } = null!;

    public IReadOnlyList<Build> Builds { get; private set; } = [];

    /// <summary>What checks found, of the builds that went well.</summary>
    public IReadOnlyList<EnvironmentStatusCheck> Checks { get; private set; } = [];

    /// <summary>How to get it, each with what it is for.</summary>
    public IReadOnlyList<(string Label, string Text)> Ways
    {
        get
        {
            var root = $"{Request.Scheme}://{Request.Host}";
            return
            [
                ("pyenv.yaml", $"server: {root}"),
                ("Terminal", $"curl -fsSL {root}/v1/environments/{Row.Key}/bundle -o env.bundle && dotnet pyenv unpack env.bundle --path .venv"),
                ("GitHub Actions", $"- run: curl -fsSL {root}/v1/environments/{Row.Key}/bundle -o env.bundle\n- run: dotnet pyenv unpack env.bundle --path .venv"),
            ];
        }
    }

    public async Task<IActionResult> OnGetAsync(string key)
    {
        if (!Sha256Digest.TryParse(key, out var digest) || await builds.ReadEnvironmentAsync(digest.ToString(), HttpContext.RequestAborted) is not { } bytes
            || await queries.EnvironmentAsync(digest.ToString(), HttpContext.RequestAborted) is not { } row)
        {
            return NotFound();
        }

        (Row, Manifest) = (row, EnvironmentManifest.Read(bytes, "the database"));
        _largest = Math.Max(1, Manifest.Layers.Select(layer => layer.Size).DefaultIfEmpty(1).Max());
        Builds = await queries.BuildsOfAsync(row.Key, HttpContext.RequestAborted);
        Checks = [.. Builds.Where(build => build.State == BuildState.Ready).SelectMany(StatusWriter.ChecksOf).DistinctBy(check => check.Command)];
        return Page();
    }

    /// <summary>How long the bar of a layer is, of 100.</summary>
    public double ShareOf(LayerReference layer) => Math.Max(0.5, 100d * layer.Size / _largest);
}
