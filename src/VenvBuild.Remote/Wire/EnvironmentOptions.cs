using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Remote;

/// <summary>What of a lock is wanted, and how.</summary>
public sealed record EnvironmentOptions
{
    /// <summary>The dependency groups; null for the lock's default ones.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Whether modules are compiled beforehand, by the server or by who installs.</summary>
    public bool Bytecode { get; init; } = true;

    /// <summary>
    /// Commands that must succeed in the finished environment before it is published, each a command line that no shell reads. Where there are
    /// some, the build has an address of its own, which the answer's <c>Location</c> says.
    /// </summary>
    [AllowNull]
    public IReadOnlyList<string> Checks { get; init => field = value ?? []; } = [];
}
