namespace VenvBuild.Packaging;

/// <summary>One pin of a lock (PEP 751, <c>[[packages]]</c>): a distribution, when it is installed and from where.</summary>
public sealed record LockedPackage
{
    /// <summary>The distribution.</summary>
    public required PackageName Name { get; init; }

    /// <summary>The version, or null where only a build could tell it (source trees).</summary>
    public PackageVersion? Version { get; init; }

    /// <summary>When the pin counts, or null for always.</summary>
    public Marker? Marker { get; init; }

    /// <summary>The Pythons that the pin runs on, or null when the lock does not say.</summary>
    public VersionSpecifiers? RequiresPython { get; init; }

    /// <summary>The pins that this one needs directly, for audit only; null when the lock does not say.</summary>
    public IReadOnlyList<LockedReference>? Dependencies { get; init; }

    /// <summary>The index that the files come from, without credentials; null when they come from none or the lock does not say.</summary>
    public Uri? Index { get; init; }

    /// <summary>A tree in version control, or null. A pin has one of vcs, directory and archive, or else an sdist or wheels.</summary>
    public LockedVcs? Vcs { get; init; }

    /// <summary>A tree on this machine, or null.</summary>
    public LockedDirectory? Directory { get; init; }

    /// <summary>One archive without the name of an sdist or wheel, or null.</summary>
    public LockedArchive? Archive { get; init; }

    /// <summary>The source distribution, or null.</summary>
    public LockedFile? Sdist { get; init; }

    /// <summary>The wheels; none where only a source is pinned.</summary>
    public IReadOnlyList<LockedFile> Wheels { get; init; } = [];

    /// <summary>Who is recorded to have published the files (<c>attestation-identities</c>, PEP 740): tables with at least a <c>kind</c>.</summary>
    public IReadOnlyList<LockValue> AttestationIdentities { get; init; } = [];

    /// <summary>What tools noted on the pin (<c>[packages.tool]</c>), or null. It never changes what is installed.</summary>
    public LockValue? Tool { get; init; }

    /// <summary>Where the pin stands in the lock file, or null for one that was not read from a file.</summary>
    public SourceLocation? Location { get; init; }
}
