using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>Which checks may be asked for: none unless the server is set up to run what others wrote, and those that a worker can run.</summary>
internal sealed class CheckPolicy(ServerSettings settings, WorkerRegister workers)
{
    /// <summary>Why a server that is not set up for checks runs none.</summary>
    public const string Off = $"This server runs no checks, for they run what others wrote: {ServerSettings.Section}:Builds:Checks is off.";

    private const int MaxChecks = 20;
    private const int MaxLength = 1_000;

    /// <summary>Whether this server runs checks at all.</summary>
    public bool IsOn => settings.RunsChecks;

    /// <summary>Why checks cannot be run in an environment for a target; null where a worker can, or may when one lives again.</summary>
    public async Task<string?> ObjectionAsync(Target target, CancellationToken cancellationToken)
    {
        if (!IsOn)
            return Off;
        var living = await workers.ListAsync(cancellationToken);
        var need = BuildNeed.OfChecks(target);
        return living.Count == 0 || living.Any(worker => worker.Abilities.Takes(need))
            ? null
            : $"The checks are not run, because they need {BuildNeed.Describe(need)}, and there is none. There are: {string.Join("; ", living.Select(worker => $"{worker.Worker.Name} ({worker.Abilities})"))}.";
    }

    /// <summary>What is wrong with a list of checks; null for nothing.</summary>
    public static IResult? Refusal(IReadOnlyList<string?>? checks)
    {
        if (checks is null)
            return Problems.BadRequest("options.checks is a list of command lines.");
        return checks.Count > MaxChecks || checks.Any(check => string.IsNullOrWhiteSpace(check) || check.Length > MaxLength || check.Any(char.IsControl))
            ? Problems.BadRequest(FormattableString.Invariant($"options.checks has at most {MaxChecks} command lines, each of one line and at most {MaxLength} characters."))
            : null;
    }

    public static IResult NotRun(string why) => Problems.Of(422, ServerProblemTypes.ChecksNotRun, "The checks cannot be run here", why);
}
