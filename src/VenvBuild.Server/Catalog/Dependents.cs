namespace VenvBuild.Server;

/// <summary>Who depends on a project.</summary>
internal sealed record Dependents(IReadOnlyList<DependentRelease> Releases, IReadOnlyList<DependentLock> Locks);

/// <summary>A release whose requirements name the project.</summary>
internal sealed record DependentRelease(string Name, string Version, string Specifiers, string? Marker);

/// <summary>A lock that pins the project.</summary>
internal sealed record DependentLock(string Lock, string Version);
