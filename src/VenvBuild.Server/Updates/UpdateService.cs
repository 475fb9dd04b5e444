using System.Text.Json;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>
/// Looks for updates of a subscribed lock: solves its requests anew, with no pin kept, and has what comes out built for all its targets, with
/// the manifest's checks. The lock in use changes only when its owner says so.
/// </summary>
internal sealed class UpdateService(
    SubscriptionStore subscriptions, LockQuestionReader reader, LockService locks, GridService grids, CheckPolicy checks, ILogger<UpdateService> log)
{
    private static readonly Action<ILogger, string, string, Exception?> Looked =
        LoggerMessage.Define<string, string>(LogLevel.Information, new(13, nameof(Looked)), "Looked for updates of {Subscription}: {State}");

    private static readonly Action<ILogger, string, Exception?> Broken =
        LoggerMessage.Define<string>(LogLevel.Error, new(14, nameof(Broken)), "Looking for updates of {Subscription} failed");

    /// <summary>Looks once; whatever comes of it is written down.</summary>
    public async Task RunAsync(string id, CancellationToken cancellationToken)
    {
        if (await subscriptions.FindAsync(id, cancellationToken) is not { } subscription)
            return;
        if (await subscriptions.BeginAsync(subscription, cancellationToken) is not { } run)
            return;
        try
        {
            await LookAsync(subscription, run, cancellationToken);
        }
        catch (DiagnosticException failure)
        {
            var first = failure.Diagnostics[0];
            (run.State, run.Reason) = (UpdateState.Failed, first.Detail is { Length: > 0 } detail ? $"{first.Message}\n{detail}" : first.Message);
        }
        catch (ServerBusyException busy)
        {
            (run.State, run.Reason) = (UpdateState.Failed, busy.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Broken(log, id, e);
            (run.State, run.Reason) = (UpdateState.Failed, "The server failed. Its log says why.");
        }

        await subscriptions.EndAsync(run, CancellationToken.None);
        Looked(log, id, run.State.ToString(), null);
    }

    /// <summary>What the newest look found, and how its builds are.</summary>
    public async Task<SubscriptionStatus> StatusAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var newest = await subscriptions.RunsAsync(subscription.Id, 1, cancellationToken) is [var run, ..] ? run : null;
        // What was found for another lock in use says nothing of this one.
        var isOfThis = newest?.Before == subscription.LockDigest;
        var after = isOfThis && newest!.State == UpdateState.Found && newest.After != subscription.LockDigest ? newest.After : null;
        var updates = after is null ? [] : await subscriptions.DifferencesAsync(subscription.LockDigest, after, cancellationToken);
        var grid = after is not null && newest!.GridId is { } id ? await grids.StatusAsync(id, cancellationToken) : null;
        var links = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["self"] = $"/v1/subscriptions/{subscription.Id}",
            ["lock"] = $"/v1/locks/sha256:{subscription.LockDigest}",
            ["run"] = $"/v1/subscriptions/{subscription.Id}/run",
            ["page"] = $"/updates/{subscription.Id}",
        };
        if (after is not null)
            links["nextLock"] = $"/v1/locks/sha256:{after}";
        return new(
            subscription.Id, subscription.Name, StateOf(isOfThis ? newest : null, grid), subscription.Hours, subscription.Builds, $"sha256:{subscription.LockDigest}",
            after is null ? null : $"sha256:{after}", updates, isOfThis ? newest!.Reason : null,
            newest is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(newest.Started), grid, links);
    }

    private static string StateOf(UpdateRun? run, GridStatus? grid) => run?.State switch
    {
        null => SubscriptionStatus.Waiting,
        UpdateState.Solving => SubscriptionStatus.Solving,
        UpdateState.Current => SubscriptionStatus.Current,
        UpdateState.Failed => SubscriptionStatus.Failed,
        _ => grid?.State switch
        {
            GridStatus.Building => SubscriptionStatus.Building,
            GridStatus.Failed => SubscriptionStatus.Failed,
            _ => SubscriptionStatus.Ready,
        },
    };

    private async Task LookAsync(Subscription subscription, UpdateRun run, CancellationToken cancellationToken)
    {
        var request = JsonSerializer.Deserialize(subscription.Request, RemoteJson.Default.LockRequest)!;
        var (question, refusal) = reader.Read(request with { Options = request.Options with { Upgrade = true } });
        if (question is null)
        {
            (run.State, run.Reason) = (UpdateState.Failed, (refusal as ProblemResult)?.Problem.Detail ?? "The manifest is not solved here any more.");
            return;
        }

        var (answer, _) = await locks.AnswerAsync(question, () => Task.CompletedTask, cancellationToken);
        run.After = Sha256Digest.Of(answer.Content).ToString();
        run.State = (await subscriptions.DifferencesAsync(run.Before, run.After, cancellationToken)).Count == 0 ? UpdateState.Current : UpdateState.Found;
        if (run.State == UpdateState.Current || !subscription.Builds)
            return;
        IReadOnlyList<string> wanted = checks.IsOn ? question.Manifest.Checks : [];
        var (grid, objection) = await grids.AskAsync(
            new() { Lock = $"sha256:{run.After}", Targets = TargetsOf(question), Options = new() { Checks = wanted } }, cancellationToken);
        (run.GridId, run.Reason) = (grid?.Id, (objection as ProblemResult)?.Problem.Detail);
    }

    private static List<EnvironmentTarget> TargetsOf(LockQuestion question) =>
    [
        .. question.Manifest.Targets.Select(served => new EnvironmentTarget
        {
            Platform = served.Target.Platform.ToString(),
            Python = served.Target.Python + (served.Target.IsFreeThreaded ? "t" : ""),
        }),
    ];
}
