namespace VenvBuild.Remote;

/// <summary>What of a lock is wanted, and how.</summary>
public sealed record EnvironmentOptions
{
    /// <summary>The dependency groups; null for the lock's default ones.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Whether modules are compiled beforehand, by the server or by who installs.</summary>
    public bool Bytecode { get; init; } = true;
}
