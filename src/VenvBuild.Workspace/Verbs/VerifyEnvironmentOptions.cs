namespace VenvBuild.Workspace;

/// <summary>How <c>verify ENV</c> is to work.</summary>
public sealed record VerifyEnvironmentOptions
{
    /// <summary>The environment's folder.</summary>
    public required string Path { get; init; }

    /// <summary>Files of public keys, one of which must have signed it, instead of what the manifest trusts.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Whether modules that Python compiled itself are findings, too.</summary>
    public bool CountsOwnBytecode { get; init; }
}
