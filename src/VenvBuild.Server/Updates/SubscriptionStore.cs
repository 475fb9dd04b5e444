using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>Subscribed locks and what looking for updates found.</summary>
internal sealed class SubscriptionStore(CatalogFactory catalogs, TimeProvider clock)
{
    private const int RunsKept = 50;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<Subscription?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Subscriptions.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>All of them, by name.</summary>
    public async Task<IReadOnlyList<Subscription>> ListAsync(CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Subscriptions.AsNoTracking().OrderBy(row => row.Name).ThenBy(row => row.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Keeps a subscription, or what is new of one that there is.</summary>
    /// <returns>Whether it is new; null when there are as many as there may be.</returns>
    public async Task<bool?> KeepAsync(Subscription subscription, int limit, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        if (await catalog.Subscriptions.FirstOrDefaultAsync(row => row.Id == subscription.Id, cancellationToken) is { } known)
        {
            (known.Name, known.Request, known.LockDigest) = (subscription.Name, subscription.Request, subscription.LockDigest);
            (known.Hours, known.Builds) = (subscription.Hours, subscription.Builds);
            await catalog.SaveChangesAsync(cancellationToken);
            return false;
        }

        if (await catalog.Subscriptions.CountAsync(cancellationToken) >= limit)
            return null;
        catalog.Subscriptions.Add(subscription);
        await catalog.SaveChangesAsync(cancellationToken);
        return true;
    }

    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await catalog.Subscriptions.Where(row => row.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>The looks for updates, the newest first.</summary>
    public async Task<IReadOnlyList<UpdateRun>> RunsAsync(string id, int limit, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.UpdateRuns.AsNoTracking().Where(run => run.SubscriptionId == id).OrderByDescending(run => run.Number).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>Begins a look; null where the subscription was removed meanwhile. A look that is still open was lost with its worker.</summary>
    public async Task<UpdateRun?> BeginAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await catalog.UpdateRuns.Where(run => run.SubscriptionId == subscription.Id && run.State == UpdateState.Solving)
            .ExecuteUpdateAsync(run => run.SetProperty(row => row.State, UpdateState.Failed).SetProperty(row => row.Reason, "Its worker stopped."), cancellationToken);
        var last = await catalog.UpdateRuns.Where(run => run.SubscriptionId == subscription.Id).MaxAsync(run => (int?)run.Number, cancellationToken) ?? 0;
        await catalog.UpdateRuns.Where(run => run.SubscriptionId == subscription.Id && run.Number <= last + 1 - RunsKept).ExecuteDeleteAsync(cancellationToken);
        var begun = new UpdateRun { SubscriptionId = subscription.Id, Number = last + 1, Started = Now, State = UpdateState.Solving, Before = subscription.LockDigest };
        catalog.UpdateRuns.Add(begun);
        try
        {
            await catalog.SaveChangesAsync(cancellationToken);
            return begun;
        }
        catch (DbUpdateException) when (!catalog.Subscriptions.Any(row => row.Id == subscription.Id))
        {
            return null;
        }
    }

    /// <summary>Writes what a look found.</summary>
    public async Task EndAsync(UpdateRun run, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        catalog.UpdateRuns.Update(run);
        try
        {
            await catalog.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // The subscription was removed meanwhile.
        }
    }

    /// <summary>What is different between two locks.</summary>
    public async Task<IReadOnlyList<LockDifference>> DifferencesAsync(string before, string after, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var pins = await catalog.Pins.AsNoTracking().Where(pin => pin.LockDigest == before || pin.LockDigest == after)
            .OrderBy(pin => pin.Name).ThenBy(pin => pin.SortKey).ToListAsync(cancellationToken);
        return LockDifference.Between(pins, before, after);
    }
}
