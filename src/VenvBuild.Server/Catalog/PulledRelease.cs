namespace VenvBuild.Server;

/// <summary>A release that another one would pull in.</summary>
/// <param name="Name">The project.</param>
/// <param name="Version">The version.</param>
/// <param name="IsFollowed">Whether its own requirements are known and were followed.</param>
internal sealed record PulledRelease(string Name, string Version, bool IsFollowed);
