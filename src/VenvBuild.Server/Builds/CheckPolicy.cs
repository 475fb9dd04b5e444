using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>Which checks may be asked for: none unless the server is set up to run what others wrote.</summary>
internal sealed class CheckPolicy(ServerSettings settings)
{
    private const int MaxChecks = 20;
    private const int MaxLength = 1_000;

    /// <summary>Whether this server runs checks at all.</summary>
    public bool IsOn => settings.RunsChecks;

    /// <summary>Why checks cannot be run in an environment for a platform; null where they can.</summary>
    public string? Objection(Platform platform)
    {
        if (!IsOn)
            return $"This server runs no checks, for they run what others wrote: {ServerSettings.Section}:Builds:Checks is off.";
        var here = Platform.OfThisProcess()?.RuntimeIdentifier ?? "another system";
        return platform.RuntimeIdentifier == here ? null : $"Checks of {platform.RuntimeIdentifier} cannot run on this server, which is {here}.";
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

    public static IResult NotRun(string why) => Problems.Of(422, ServerProblemTypes.NotBuilt, "The checks cannot be run here", why);
}
