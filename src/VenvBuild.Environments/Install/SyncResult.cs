namespace VenvBuild.Environments;

/// <summary>What a sync did.</summary>
/// <param name="Path">The environment's folder, absolute.</param>
/// <param name="Key">The environment's key.</param>
/// <param name="HasChanged">Whether anything was done; false when the environment was as it should be.</param>
/// <param name="Fetched">How many wheels were not in the store yet.</param>
/// <param name="Link">How files came from the store; null when nothing was done.</param>
public sealed record SyncResult(string Path, EnvironmentKey Key, bool HasChanged, int Fetched, LinkMode? Link);
