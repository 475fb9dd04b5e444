namespace VenvBuild.Workspace;

/// <summary>How <c>pack</c> is to work.</summary>
public sealed record PackOptions
{
    /// <summary>The lock, groups and interpreter; the path is not used.</summary>
    public SyncOptions Sync { get; init; } = new();

    /// <summary>Whether the interpreter goes along, for machines that have none.</summary>
    public bool WithPython { get; init; }

    /// <summary>The key to sign with, by its name or file; null to sign nothing. The signatures stand beside the file.</summary>
    public string? Sign { get; init; }

    /// <summary>Asked when that key is encrypted; null when nobody can say it.</summary>
    public Func<string?> Passphrase { get; init; } = () => null;

    /// <summary>The file to write.</summary>
    public required string Output { get; init; }
}
