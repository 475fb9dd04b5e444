namespace VenvBuild.Server;

/// <summary>A server at a glance.</summary>
internal sealed record Overview(
    int Environments, int Locks, int Packages, int Subscriptions, int Layers, long LayerBytes, IReadOnlyDictionary<BuildState, int> Builds, long? OldestQueued, IReadOnlyList<Build> Recent)
{
    public int In(BuildState state) => Builds.GetValueOrDefault(state);
}

/// <summary>An environment in a list.</summary>
internal sealed record EnvironmentRow(string Key, string Platform, string Python, string? Lock, int Packages, long Size, long Made);

/// <summary>A lock in a list.</summary>
internal sealed record LockRow(string Digest, long Made, int Pins, int Environments);

/// <summary>What leads on from a lock.</summary>
internal sealed record LockUse(long Made, IReadOnlyList<Build> Builds, IReadOnlyList<Grid> Grids, IReadOnlyList<LockRow> Others);

/// <summary>A project in a list.</summary>
internal sealed record PackageRow(string Name, int Releases, string? Newest, int Environments);

/// <summary>A release of a project.</summary>
internal sealed record ReleaseRow(string Version, string Origin, bool IsYanked, string? RequiresPython, bool HasMetadata);

/// <summary>An environment that holds a project.</summary>
internal sealed record HolderRow(string Key, string? Lock, string Version, string Platform, string Python, long Made);

/// <summary>A project and who holds it.</summary>
internal sealed record PackageUse(IReadOnlyList<ReleaseRow> Releases, IReadOnlyList<HolderRow> Environments);
