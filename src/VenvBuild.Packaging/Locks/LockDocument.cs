namespace VenvBuild.Packaging;

/// <summary>A lock file, <c>pylock.toml</c> (PEP 751): what is installed, where, from which files with which digests.</summary>
public sealed record LockDocument
{
    /// <summary>The version of the format that this project writes.</summary>
    public const string CurrentLockVersion = "1.0";

    /// <summary>The version of the format (<c>lock-version</c>), such as <c>1.0</c>.</summary>
    public string LockVersion { get; init; } = CurrentLockVersion;

    /// <summary>The name of the tool that made the lock (<c>created-by</c>).</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The Pythons that the lock serves (<c>requires-python</c>), or null when it does not say.</summary>
    public VersionSpecifiers? RequiresPython { get; init; }

    /// <summary>
    /// Markers of the environments that the lock serves (<c>environments</c>): one must hold. Null when the lock serves every environment;
    /// an empty list serves none.
    /// </summary>
    public IReadOnlyList<Marker>? Environments { get; init; }

    /// <summary>The extras that one may ask the lock for, or null when it says nothing of extras.</summary>
    public IReadOnlyList<ExtraName>? Extras { get; init; }

    /// <summary>The dependency groups that one may ask the lock for, as written, or null when it says nothing of groups.</summary>
    public IReadOnlyList<string>? DependencyGroups { get; init; }

    /// <summary>The groups that are installed when none is asked for (<c>default-groups</c>), as written.</summary>
    public IReadOnlyList<string> DefaultGroups { get; init; } = [];

    /// <summary>The pins, in the file's order.</summary>
    public IReadOnlyList<LockedPackage> Packages { get; init; } = [];

    /// <summary>What this project's own table, <c>[tool.venvbuild]</c>, says; null when there is none.</summary>
    public LockProvenance? Provenance { get; init; }

    /// <summary>The tables of other tools (<c>[tool]</c> without <c>venvbuild</c>), or null.</summary>
    public LockValue? Tool { get; init; }
}
