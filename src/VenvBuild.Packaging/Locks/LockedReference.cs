namespace VenvBuild.Packaging;

/// <summary>A pin named by another pin: as much of its entry as tells it from the lock's others (PEP 751, <c>packages.dependencies</c>).</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Version">The version, where the name alone does not tell the entry.</param>
/// <param name="Marker">The marker of the entry meant, where name and version do not tell it.</param>
public sealed record LockedReference(PackageName Name, PackageVersion? Version = null, Marker? Marker = null)
{
    /// <summary>Further keys of the reference (a source table, for one), as a table; null when there are none.</summary>
    public LockValue? Other { get; init; }
}
