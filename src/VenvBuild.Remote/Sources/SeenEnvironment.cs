namespace VenvBuild.Remote;

/// <summary>The newest environment that was taken from a source for a manifest and a target.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Time">When it was made.</param>
public sealed record SeenEnvironment(string Key, DateTimeOffset Time);
