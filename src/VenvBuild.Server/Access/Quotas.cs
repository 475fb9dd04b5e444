using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>
/// What each caller may use: solves and builds a day, and bytes that are kept for it. A token's own bounds come before the server's. Who has
/// no bound is not counted.
/// </summary>
internal sealed class Quotas(ServerSettings settings, CatalogFactory catalogs, TimeProvider clock)
{
    private static readonly TimeSpan StorageWait = TimeSpan.FromHours(1);

    /// <summary>The caller of a request.</summary>
    public static Caller CallerOf(HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    /// <summary>Counts a solve.</summary>
    /// <exception cref="QuotaException">There may be no more today.</exception>
    public Task TakeSolveAsync(Caller caller, CancellationToken cancellationToken) =>
        TakeAsync(caller, caller.Bounds?.SolvesADay ?? settings.SolvesADay, "solves", cancellationToken);

    /// <summary>Counts a build.</summary>
    /// <exception cref="QuotaException">There may be no more today, or too much is kept already.</exception>
    public async Task TakeBuildAsync(Caller caller, CancellationToken cancellationToken)
    {
        await CheckStorageAsync(caller, 0, cancellationToken);
        await TakeAsync(caller, caller.Bounds?.BuildsADay ?? settings.BuildsADay, "builds", cancellationToken);
    }

    /// <summary>Sees that more may be kept.</summary>
    /// <exception cref="QuotaException">It may not.</exception>
    public async Task CheckStorageAsync(Caller caller, long more, CancellationToken cancellationToken)
    {
        if ((caller.Bounds?.StoredBytes ?? settings.StoredBytes) is not { } bound)
            return;
        await using var catalog = catalogs.Open();
        var kept = await catalog.Layers.Where(row => row.Owner == caller.Key).SumAsync(row => row.Size, cancellationToken);
        if (kept + more > bound || kept >= bound)
            throw new QuotaException(FormattableString.Invariant($"Layers of {kept >> 20} MiB are kept for this caller, who may have {bound >> 20} MiB."), StorageWait);
    }

    private async Task TakeAsync(Caller caller, int? bound, string what, CancellationToken cancellationToken)
    {
        if (bound is not { } most)
            return;
        var now = clock.GetUtcNow();
        var day = (int)(now - DateTimeOffset.UnixEpoch).TotalDays;
        await using var catalog = catalogs.Open();
        await catalog.Database.ExecuteSqlAsync($"INSERT INTO caller_usage (caller, day, solves, builds) VALUES ({caller.Key}, {day}, 0, 0) ON CONFLICT DO NOTHING", cancellationToken);
        var rows = catalog.Usage.Where(row => row.Caller == caller.Key && row.Day == day);
        // One statement, so that requests at the same moment do not both have the last one.
        var taken = what == "solves"
            ? await rows.Where(row => row.Solves < most).ExecuteUpdateAsync(row => row.SetProperty(usage => usage.Solves, usage => usage.Solves + 1), cancellationToken)
            : await rows.Where(row => row.Builds < most).ExecuteUpdateAsync(row => row.SetProperty(usage => usage.Builds, usage => usage.Builds + 1), cancellationToken);
        if (taken == 0)
            throw new QuotaException(FormattableString.Invariant($"This caller may have {most} {what} a day, and has had them. The day ends at midnight, UTC."), DateTimeOffset.UnixEpoch.AddDays(day + 1) - now);
    }
}
