using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Environments;

namespace VenvBuild.Server;

/// <summary>
/// The builds and what became of them. A worker holds the token of its attempt; each of its writes asks for it, so one that was paused
/// and overtaken writes nothing, and an environment becomes visible in one step.
/// </summary>
internal sealed class BuildStore(CatalogFactory catalogs, ServerSettings settings, TimeProvider clock, BuildSignals signals, EnvironmentSigner signer)
{
    private const int MaxLineLength = 4000;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<Build?> FindAsync(string key, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Builds.AsNoTracking().FirstOrDefaultAsync(row => row.Key == key, cancellationToken);
    }

    /// <summary>The key of the environment that a question asks for; null where wheels have to be built first, which nobody has done yet.</summary>
    public async Task<string?> EnvironmentKeyAsync(BuildQuestion question, CancellationToken cancellationToken) =>
        question.EnvironmentKey ?? (await FindAsync(question.BuildKey, cancellationToken) is { State: BuildState.Ready } build ? build.EnvironmentKey : null);

    /// <summary>The bytes of a finished environment's description, or null.</summary>
    public async Task<byte[]?> ReadEnvironmentAsync(string key, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Environments.Where(row => row.Key == key).Select(row => row.Manifest).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The signatures of a finished environment; null where it has none.</summary>
    public async Task<byte[]?> ReadSignaturesAsync(string key, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Environments.Where(row => row.Key == key).Select(row => row.Signatures).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The same, if its layers are here too. One whose layers were lost is forgotten, so that it is made again.</summary>
    public async Task<byte[]?> ReadWholeAsync(string key, CancellationToken cancellationToken)
    {
        if (await ReadEnvironmentAsync(key, cancellationToken) is not { } manifest)
            return null;
        await using var catalog = catalogs.Open();
        var left = EnvironmentManifest.Read(manifest, "the database").Layers.Select(layer => layer.Digest.ToString()).ToHashSet(StringComparer.Ordinal);
        foreach (var some in left.Chunk(500))
            left.ExceptWith(await catalog.Layers.Where(row => some.Contains(row.Digest)).Select(row => row.Digest).ToListAsync(cancellationToken));
        if (left.Count == 0)
            return manifest;
        await Verification.ForgetAsync(catalog, key, cancellationToken);
        return null;
    }

    /// <summary>Whether asking would begin a build, and not join one or repeat an answer.</summary>
    public async Task<bool> WouldBeginAsync(string key, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var now = Now;
        return !await catalog.Builds.AnyAsync(
            row => row.Key == key && (row.State == BuildState.Queued || row.State == BuildState.Building || (row.State == BuildState.Failed && row.RestsUntil > now)
                || (row.State == BuildState.Ready && catalog.Environments.Any(made => made.Key == row.EnvironmentKey))),
            cancellationToken);
    }

    /// <summary>The keys of finished environments.</summary>
    public async Task<IReadOnlyList<string>> ListEnvironmentsAsync(CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Environments.OrderBy(row => row.Key).Select(row => row.Key).ToListAsync(cancellationToken);
    }

    /// <summary>Makes sure that the question has a row, one that was given up begins anew once it has rested.</summary>
    /// <returns>The row, and whether there is something to schedule that was not there before.</returns>
    public async Task<(Build Build, bool IsNew)> AskAsync(BuildQuestion question, CancellationToken cancellationToken)
    {
        var key = question.BuildKey;
        for (var attempt = 1; ; attempt++)
        {
            await using var catalog = catalogs.Open();
            if (await catalog.Builds.AnyAsync(row => row.Key == key, cancellationToken))
            {
                var isAnew = await catalog.Builds
                    .Where(row => row.Key == key && (row.State == BuildState.Cancelled || (row.State == BuildState.Failed && row.RestsUntil <= Now)
                        || (row.State == BuildState.Ready && !catalog.Environments.Any(made => made.Key == row.EnvironmentKey))))
                    .ExecuteUpdateAsync(
                        row => row.SetProperty(build => build.State, BuildState.Queued).SetProperty(build => build.Attempt, (string?)null).SetProperty(build => build.Attempts, 0)
                            .SetProperty(build => build.Reason, (string?)null).SetProperty(build => build.Findings, (string?)null).SetProperty(build => build.Changed, Now),
                        cancellationToken) == 1;
                if (isAnew)
                    await AppendAsync(catalog, key, null, BuildLine.State, StateName(BuildState.Queued), cancellationToken);
                // Garbage may have been collected in between, and the row with its environment.
                if (await FindAsync(key, cancellationToken) is { } build)
                    return (build, isAnew);
                continue;
            }

            var added = new Build
            {
                Key = key,
                EnvironmentKey = question.EnvironmentKey ?? key,
                Checks = question.Checks.Count == 0 ? null : string.Join('\n', question.Checks),
                LockDigest = question.LockDigest.ToString(),
                Platform = question.Plan.Target.Platform.ToString(),
                Python = question.Python + (question.Plan.Target.IsFreeThreaded ? "t" : ""),
                Groups = question.Groups is null ? null : string.Join('\n', question.Groups),
                HasBytecode = question.Plan.HasBytecode,
                Need = BuildNeed.Of(question),
                State = BuildState.Queued,
                Asked = Now,
                AskedBy = question.AskedBy,
                Changed = Now,
            };
            catalog.Builds.Add(added);
            catalog.BuildLines.Add(new() { BuildKey = key, Sequence = 1, Time = Now, Kind = BuildLine.State, Text = StateName(BuildState.Queued) });
            try
            {
                await catalog.SaveChangesAsync(cancellationToken);
                return (added, true);
            }
            catch (DbUpdateException) when (attempt < 5)
            {
                // Somebody else asked the same at the same moment.
            }
        }
    }

    /// <summary>Begins an attempt, which is counted before any work is done; null when there is nothing to do any more.</summary>
    public async Task<Build?> ClaimAsync(string key, string token, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var claimed = await catalog.Builds
            .Where(row => row.Key == key && (row.State == BuildState.Queued || row.State == BuildState.Building) && row.Attempts < settings.BuildAttempts)
            .ExecuteUpdateAsync(
                row => row.SetProperty(build => build.State, BuildState.Building).SetProperty(build => build.Attempt, token)
                    .SetProperty(build => build.Attempts, build => build.Attempts + 1).SetProperty(build => build.Changed, Now),
                cancellationToken);
        var build = await catalog.Builds.AsNoTracking().FirstOrDefaultAsync(row => row.Key == key, cancellationToken);
        if (claimed == 1 && build?.Attempt == token)
        {
            await AppendAsync(catalog, key, token, BuildLine.State, StateName(BuildState.Building), cancellationToken);
            return build;
        }

        if (build is { State: BuildState.Queued or BuildState.Building } && build.Attempts >= settings.BuildAttempts)
            await PoisonAsync(catalog, build, cancellationToken);
        return null;
    }

    /// <summary>Makes the environment visible, if the attempt is still the one that may.</summary>
    public async Task<bool> PublishAsync(string key, string token, EnvironmentManifest manifest, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryPublishAsync(key, token, manifest, cancellationToken);
            }
            catch (DbUpdateException) when (attempt < 3)
            {
                // The same environment, with other checks, became ready at the same moment.
            }
        }
    }

    /// <summary>Adds a line to the log, if the attempt still may.</summary>
    public async Task LogAsync(string key, string token, string text, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await AppendAsync(catalog, key, token, BuildLine.Log, text, cancellationToken);
    }

    /// <summary>Keeps what the checks of an attempt found, if it still may.</summary>
    public async Task NoteFindingsAsync(string key, string token, string findings, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await catalog.Builds.Where(row => row.Key == key && row.Attempt == token).ExecuteUpdateAsync(row => row.SetProperty(build => build.Findings, findings), cancellationToken);
    }

    /// <summary>Ends an attempt without an environment: for good, or so that another one follows.</summary>
    /// <returns>Whether another attempt follows.</returns>
    public async Task<bool> FailAsync(string key, string token, string reason, bool mayPass, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await AppendAsync(catalog, key, token, BuildLine.Log, reason, cancellationToken);
        var again = mayPass && await catalog.Builds.Where(row => row.Key == key && row.Attempt == token && row.Attempts < settings.BuildAttempts)
            .ExecuteUpdateAsync(
                row => row.SetProperty(build => build.State, BuildState.Queued).SetProperty(build => build.Attempt, (string?)null).SetProperty(build => build.Reason, reason)
                    .SetProperty(build => build.Changed, Now),
                cancellationToken) == 1;
        if (again)
            return true;
        await EndAsync(catalog, catalog.Builds.Where(row => row.Key == key && row.Attempt == token), key, BuildState.Failed, reason, Now + (long)settings.BuildRest.TotalMilliseconds, cancellationToken);
        return false;
    }

    /// <summary>Gives an attempt back that the worker cannot finish, as it stops: it does not count.</summary>
    public async Task ReleaseAsync(string key, string token, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await catalog.Builds.Where(row => row.Key == key && row.Attempt == token).ExecuteUpdateAsync(
            row => row.SetProperty(build => build.State, BuildState.Queued).SetProperty(build => build.Attempt, (string?)null)
                .SetProperty(build => build.Attempts, build => build.Attempts - 1).SetProperty(build => build.Changed, Now),
            cancellationToken);
    }

    /// <summary>Ends a build that somebody wants stopped, wherever it is: from now on no attempt of it may write.</summary>
    /// <returns>Whether there was one to stop.</returns>
    public async Task<bool> CancelAsync(string key, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await EndAsync(catalog, catalog.Builds.Where(row => row.Key == key), key, BuildState.Cancelled, null, 0, cancellationToken);
    }

    /// <summary>The lines of a log after one of them.</summary>
    public async Task<IReadOnlyList<BuildLine>> ReadLinesAsync(string key, long after, int limit, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.BuildLines.AsNoTracking().Where(line => line.BuildKey == key && line.Sequence > after).OrderBy(line => line.Sequence).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>Builds that should be under way and have not moved for a while.</summary>
    public async Task<IReadOnlyList<Build>> StalledAsync(TimeSpan since, CancellationToken cancellationToken)
    {
        var before = Now - (long)since.TotalMilliseconds;
        await using var catalog = catalogs.Open();
        return await catalog.Builds.Where(row => (row.State == BuildState.Queued || row.State == BuildState.Building) && row.Changed < before)
            .AsNoTracking().OrderBy(row => row.Changed).Take(100).ToListAsync(cancellationToken);
    }

    public static string StateName(BuildState state) => state.ToString().ToLowerInvariant();

    private async Task<bool> TryPublishAsync(string key, string token, EnvironmentManifest manifest, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await using var transaction = await catalog.Database.BeginTransactionAsync(cancellationToken);
        var environment = manifest.Key.ToString();
        var published = await catalog.Builds.Where(row => row.Key == key && row.Attempt == token)
            .ExecuteUpdateAsync(
                row => row.SetProperty(build => build.State, BuildState.Ready).SetProperty(build => build.EnvironmentKey, environment).SetProperty(build => build.Attempt, (string?)null).SetProperty(build => build.Reason, (string?)null)
                    .SetProperty(build => build.Changed, Now),
                cancellationToken);
        if (published != 1)
            return false;
        if (!await catalog.Environments.AnyAsync(row => row.Key == environment, cancellationToken))
        {
            var stored = new StoredEnvironment { Key = environment, Manifest = manifest.ToUtf8Bytes(), Made = Now, Used = Now, Signatures = signer.Sign(manifest, null) };
            catalog.Environments.Add(stored);
            EnvironmentIndex.Describe(catalog, stored, manifest);
        }

        await catalog.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await AppendAsync(catalog, key, null, BuildLine.State, StateName(BuildState.Ready), cancellationToken);
        return true;
    }

    private async Task PoisonAsync(CatalogContext catalog, Build build, CancellationToken cancellationToken)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"Given up after {build.Attempts} attempts, the last of which took its worker down or was lost with it.");
        await EndAsync(
            catalog, catalog.Builds.Where(row => row.Key == build.Key && row.Attempts == build.Attempts), build.Key, BuildState.Failed,
            build.Reason is null ? reason : $"{reason} Before that: {build.Reason}", Now + (long)settings.PoisonRest.TotalMilliseconds, cancellationToken);
    }

    private async Task<bool> EndAsync(
        CatalogContext catalog, IQueryable<Build> which, string key, BuildState state, string? reason, long restsUntil, CancellationToken cancellationToken)
    {
        var ended = await which.Where(row => row.State == BuildState.Queued || row.State == BuildState.Building)
            .ExecuteUpdateAsync(
                row => row.SetProperty(build => build.State, state).SetProperty(build => build.Attempt, (string?)null).SetProperty(build => build.Reason, reason)
                    .SetProperty(build => build.RestsUntil, restsUntil).SetProperty(build => build.Changed, Now),
                cancellationToken);
        if (ended == 1)
            await AppendAsync(catalog, key, null, BuildLine.State, StateName(state), cancellationToken);
        return ended == 1;
    }

    /// <summary>Adds a line after the last that everybody sees; two at once want one number, and the later takes the next.</summary>
    private async Task AppendAsync(CatalogContext catalog, string key, string? token, string kind, string text, CancellationToken cancellationToken)
    {
        var line = text.Length > MaxLineLength ? text[..MaxLineLength] : text;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await catalog.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO build_lines (build_key, sequence, "time", kind, "text")
                    SELECT {key}, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM build_lines WHERE build_key = {key}), {Now}, {kind}, {line}
                    WHERE {token is null} OR EXISTS (SELECT 1 FROM builds WHERE "key" = {key} AND attempt = {token ?? ""})
                    """,
                    cancellationToken);
                break;
            }
            catch (Exception e) when (attempt < 5 && CatalogFactory.IsDatabase(e))
            {
                // The number was taken.
            }
        }

        signals.Raise(key);
        if (catalogs.IsPostgres && signals.IsToldOf(key, kind))
            await catalog.Database.ExecuteSqlAsync($"SELECT pg_notify({BuildSignals.Channel}, {key})", cancellationToken);
    }
}
