using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>The workers that live, and what becomes of a build that none of them takes.</summary>
internal sealed class WorkerRegister(CatalogFactory catalogs, TimeProvider clock)
{
    /// <summary>How long one that says nothing counts as living.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The workers that live, by name.</summary>
    public async Task<IReadOnlyList<(Worker Worker, WorkerAbilities Abilities)>> ListAsync(CancellationToken cancellationToken)
    {
        var since = Now - (long)Patience.TotalMilliseconds;
        await using var catalog = catalogs.Open();
        var rows = await catalog.Workers.AsNoTracking().Where(worker => worker.Seen > since).OrderBy(worker => worker.Name).ToListAsync(cancellationToken);
        return [.. rows.Select(worker => (worker, JsonSerializer.Deserialize<WorkerAbilities>(worker.Abilities)!))];
    }

    /// <summary>Why a queued build does not begin; null where a worker will take it.</summary>
    public async Task<string?> ObjectionAsync(string? need, CancellationToken cancellationToken)
    {
        var workers = await ListAsync(cancellationToken);
        if (workers.Any(worker => !worker.Worker.IsDraining && worker.Abilities.Takes(need)))
            return null;
        var wanted = need is null ? "a worker" : BuildNeed.Describe(need);
        return workers.Count == 0
            ? $"It waits for {wanted}, and no worker lives."
            : $"It waits for {wanted}, and there is none. There are: {string.Join("; ", workers.Select(worker => $"{worker.Worker.Name} ({worker.Abilities}{(worker.Worker.IsDraining ? "; stops" : "")})"))}.";
    }

    /// <summary>Says that a worker lives, and forgets those that have not for a day.</summary>
    public async Task SayAsync(string id, string name, WorkerAbilities abilities, long started, bool isDraining, CancellationToken cancellationToken)
    {
        var (now, text) = (Now, JsonSerializer.Serialize(abilities));
        await using var catalog = catalogs.Open();
        await catalog.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO workers (id, name, abilities, started, seen, is_draining) VALUES ({id}, {name}, {text}, {started}, {now}, {isDraining})
            ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, is_draining = excluded.is_draining
            """,
            cancellationToken);
        var old = now - (long)TimeSpan.FromDays(1).TotalMilliseconds;
        await catalog.Workers.Where(worker => worker.Seen < old).ExecuteDeleteAsync(cancellationToken);
    }

    public async Task ForgetAsync(string id, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await catalog.Workers.Where(worker => worker.Id == id).ExecuteDeleteAsync(cancellationToken);
    }
}
