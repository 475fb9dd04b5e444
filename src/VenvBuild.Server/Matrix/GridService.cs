using System.Text;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>Builds the targets of a lock, each as a build of its own, and says of all of them together how far they are.</summary>
internal sealed class GridService(CatalogFactory catalogs, LockStore locks, BuildQuestionReader reader, BuildQueue queue, BuildStore builds, CheckPolicy checks, TimeProvider clock)
{
    private const int MaxTargets = 100;

    /// <summary>Asks for a grid; one that was asked for before is asked for again, which begins what had failed and has rested.</summary>
    /// <exception cref="DiagnosticException">The lock is in error.</exception>
    public async Task<(Grid? Grid, IResult? Refusal)> AskAsync(GridRequest request, CancellationToken cancellationToken)
    {
        if (CheckPolicy.Refusal(request.Options.Checks) is { } bad)
            return (null, bad);
        if (request.Options.Checks.Count > 0 && !checks.IsOn)
            return (null, CheckPolicy.NotRun(CheckPolicy.Off));
        var (content, refusal) = await ReadLockAsync(request.Lock, cancellationToken);
        if (content is null)
            return (null, refusal);
        var document = LockReader.Read(content, "the lock", LockOrigin.Elsewhere).Document;
        var targets = request.Targets ?? LockTargets.Of(document);
        if (targets.Count is 0 or > MaxTargets || targets.Any(target => target is not { Platform: not null, Python: not null }))
        {
            return (null, Problems.BadRequest(targets.Count == 0
                ? "The lock does not say which platforms it was made for: name them in 'targets'."
                : FormattableString.Invariant($"'targets' has at most {MaxTargets} platforms with a Python each.")));
        }

        await locks.KeepAsync(document, content, cancellationToken);
        var digest = Sha256Digest.Of(content).ToString();
        var id = CacheFolder.KeyOf(
        [
            "venvbuild-grid 1", digest, string.Join('\n', request.Options.Groups ?? ["\0"]), request.Options.Bytecode ? "bytecode" : "", .. request.Options.Checks.Prepend("\0checks"),
            .. targets.Select(target => $"\0{target.Platform}\0{target.Python}"),
        ]);
        var cells = new List<GridCell>();
        foreach (var target in targets)
            cells.Add(await AskAsync(id, cells.Count, digest, target, request.Options, cancellationToken));
        var grid = new Grid
        {
            Id = id,
            LockDigest = digest,
            Groups = request.Options.Groups is { } groups ? string.Join('\n', groups) : null,
            Checks = request.Options.Checks.Count == 0 ? null : string.Join('\n', request.Options.Checks),
            Asked = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        await KeepAsync(grid, cells, cancellationToken);
        return (grid, null);
    }

    /// <summary>How far a grid is; null when there is none of that name.</summary>
    public async Task<GridStatus?> StatusAsync(string id, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        if (await catalog.Grids.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } grid)
            return null;
        var cells = await catalog.GridCells.AsNoTracking().Where(cell => cell.GridId == id).OrderBy(cell => cell.Position).ToListAsync(cancellationToken);
        var keys = cells.Select(cell => cell.BuildKey).OfType<string>().ToList();
        var known = await catalog.Builds.AsNoTracking().Where(build => keys.Contains(build.Key)).ToDictionaryAsync(build => build.Key, cancellationToken);
        var made = (await catalog.Environments.Where(row => keys.Contains(row.Key)).Select(row => row.Key).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var states = cells.Select(cell => StateOf(cell, known, made)).ToList();
        return new(
            id,
            states.Exists(state => state.State is EnvironmentStatus.Queued or EnvironmentStatus.Building) ? GridStatus.Building
                : states.TrueForAll(state => state.State == EnvironmentStatus.Ready) ? GridStatus.Ready : GridStatus.Failed,
            $"sha256:{grid.LockDigest}",
            states,
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["self"] = $"/v1/grids/{id}",
                ["cancel"] = $"/v1/grids/{id}/cancel",
                ["lock"] = $"/v1/locks/sha256:{grid.LockDigest}",
                ["page"] = $"/grids/{id}",
            });
    }

    /// <summary>Stops what is under way.</summary>
    /// <returns>Whether there is such a grid.</returns>
    public async Task<bool> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (await StatusAsync(id, cancellationToken) is not { } status)
            return false;
        foreach (var cell in status.Cells.Where(cell => cell.State is EnvironmentStatus.Queued or EnvironmentStatus.Building))
            await queue.CancelAsync(cell.Build!, cancellationToken);
        return true;
    }

    private static GridCellStatus StateOf(GridCell cell, Dictionary<string, Build> known, HashSet<string> made)
    {
        var target = new EnvironmentTarget { Platform = cell.Platform, Python = cell.Python };
        if (cell.BuildKey is null)
            return new(target, GridCellStatus.Refused, null, null, cell.Remark, []);
        if (known.TryGetValue(cell.BuildKey, out var build))
        {
            return new(
                target, BuildStore.StateName(build.State), build.EnvironmentKey, build.Key,
                build.State is BuildState.Failed or BuildState.Queued ? build.Reason ?? cell.Remark : cell.Remark, StatusWriter.ChecksOf(build));
        }

        return made.Contains(cell.BuildKey)
            ? new(target, EnvironmentStatus.Ready, cell.BuildKey, null, cell.Remark, [])
            : new(target, EnvironmentStatus.Cancelled, null, null, "It was removed.", []);
    }

    private async Task<(byte[]? Content, IResult? Refusal)> ReadLockAsync(string text, CancellationToken cancellationToken)
    {
        if (!text.StartsWith("sha256:", StringComparison.Ordinal))
            return (Encoding.UTF8.GetBytes(text), null);
        if (!Sha256Digest.TryParse(text.AsSpan("sha256:".Length), out var digest))
            return (null, Problems.BadRequest("lock is the text of a lock, or sha256: and 64 hex digits."));
        return await locks.ReadAsync(digest.ToString(), cancellationToken) is { } kept ? (kept, null) : (null, Problems.NotFound("No lock with this digest is kept here: send its text."));
    }

    private async Task<GridCell> AskAsync(string id, int position, string digest, EnvironmentTarget target, EnvironmentOptions options, CancellationToken cancellationToken)
    {
        var cell = new GridCell { GridId = id, Position = position, Platform = Short(target.Platform, 60), Python = Short(target.Python, 20) };
        try
        {
            var request = new EnvironmentRequest { Lock = $"sha256:{digest}", Target = target, Options = options };
            var (question, refusal) = await reader.ReadAsync(request, cancellationToken);
            // What no worker can run the checks of is built without them, and says so.
            if ((refusal as ProblemResult)?.Problem is { Type: ServerProblemTypes.ChecksNotRun } notRun)
            {
                cell.Remark = notRun.Detail;
                (question, refusal) = await reader.ReadAsync(request with { Options = options with { Checks = [] } }, cancellationToken);
            }

            if (question is null)
            {
                cell.Remark = (refusal as ProblemResult)?.Problem.Detail ?? "It cannot be made here.";
                return cell;
            }

            cell.BuildKey = question.BuildKey;
            if (question.Checks.Count > 0 || await builds.ReadEnvironmentAsync(question.BuildKey, cancellationToken) is null)
                await queue.AskAsync(question, cancellationToken);
        }
        catch (DiagnosticException refusal)
        {
            cell.Remark = refusal.Diagnostics[0].Message;
        }

        return cell;
    }

    private async Task KeepAsync(Grid grid, List<GridCell> cells, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var catalog = catalogs.Open();
                await using var transaction = await catalog.Database.BeginTransactionAsync(cancellationToken);
                if (!await catalog.Grids.AnyAsync(row => row.Id == grid.Id, cancellationToken))
                    catalog.Grids.Add(grid);
                await catalog.GridCells.Where(cell => cell.GridId == grid.Id).ExecuteDeleteAsync(cancellationToken);
                catalog.GridCells.AddRange(cells);
                await catalog.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (DbUpdateException) when (attempt < 3)
            {
                // Somebody else asked the same at the same moment.
            }
        }
    }

    private static string Short(string text, int length) => text.Length > length ? text[..length] : text;
}
