namespace VenvBuild.Workspace;

/// <summary>How <c>verify</c> is to work.</summary>
public sealed record VerifyOptions
{
    /// <summary>Whether the indexes are asked anew for every pin.</summary>
    public bool Online { get; init; }

    /// <summary>The lock to prove instead of the manifest's own, or null.</summary>
    public string? LockPath { get; init; }
}
