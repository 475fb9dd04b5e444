namespace VenvBuild.Server;

/// <summary>A caller has used up what it may.</summary>
internal sealed class QuotaException(string message, TimeSpan wait) : Exception(message)
{
    /// <summary>How long until the same may be asked again.</summary>
    public TimeSpan Wait { get; } = wait;
}
