namespace VenvBuild.Workspace;

/// <summary>How <c>push</c> is to work.</summary>
public sealed record PushOptions
{
    /// <summary>The bundle to publish, or null for the environment of the lock.</summary>
    public string? Bundle { get; init; }

    /// <summary>A declared platform, by its runtime identifier; null for this machine's.</summary>
    public string? Platform { get; init; }

    /// <summary>The place, or null for the manifest's <c>publish</c>.</summary>
    public string? To { get; init; }

    /// <summary>The key to sign with, by its name or file; null to sign nothing.</summary>
    public string? Sign { get; init; }

    /// <summary>Asked when that key is encrypted; null when nobody can say it.</summary>
    public Func<string?> Passphrase { get; init; } = () => null;

    /// <summary>Who or what makes the environment, for the signed statement; null for what this machine says of itself.</summary>
    public string? Builder { get; init; }

    /// <summary>The groups and interpreter, as <c>sync</c> takes them.</summary>
    public SyncOptions Environment { get; init; } = new();
}
