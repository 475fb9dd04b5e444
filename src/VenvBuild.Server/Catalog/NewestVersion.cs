namespace VenvBuild.Server;

/// <summary>The newest version that a specifier takes.</summary>
internal sealed record NewestVersion(string Name, string Version);
