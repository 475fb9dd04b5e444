namespace VenvBuild.Workspace;

/// <summary>How <c>unpack</c> is to work.</summary>
/// <param name="Bundle">The bundle's file.</param>
/// <param name="Path">The environment's folder.</param>
/// <param name="Python">The interpreter: a path, or null for one that fits.</param>
public sealed record UnpackOptions(string Bundle, string Path, string? Python = null)
{
    /// <summary>Files of public keys, one of which must have signed the bundle; none for what the manifest around says, if there is one.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];
}
