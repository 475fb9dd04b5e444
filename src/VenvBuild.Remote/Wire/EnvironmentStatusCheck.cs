namespace VenvBuild.Remote;

/// <summary>What a check found in an environment at a server.</summary>
/// <param name="Command">The command line.</param>
/// <param name="Passed">Whether it went well.</param>
/// <param name="Reason">Why it did not, or null.</param>
/// <param name="Output">The end of what it said.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record EnvironmentStatusCheck(string Command, bool Passed, string? Reason, string Output, double Seconds);
