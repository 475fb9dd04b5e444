namespace VenvBuild.Workspace;

/// <summary>What <c>audit</c> is to look at.</summary>
public sealed record AuditOptions
{
    /// <summary>Files and folders of records in OSV's format, at least one.</summary>
    public required IReadOnlyList<string> Databases { get; init; }

    /// <summary>Records that are known and accepted, by id or alias.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];
}
