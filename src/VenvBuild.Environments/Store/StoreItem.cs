using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>One thing of the store that is kept or goes as a whole.</summary>
internal sealed record StoreItem
{
    /// <summary>The part it belongs to, such as <c>layers</c>: its folder's name without a version.</summary>
    public required string Part { get; init; }

    /// <summary>The folder or file.</summary>
    public required string Path { get; init; }

    /// <summary>How many files it is.</summary>
    public required long Files { get; init; }

    /// <summary>Their size.</summary>
    public required long Bytes { get; init; }

    /// <summary>When it was used last, as far as is known; for what is fetched, when that was.</summary>
    public required DateTime LastUse { get; init; }

    /// <summary>By what leases and environments name it; null where nothing holds on to it.</summary>
    public Sha256Digest? Digest { get; init; }

    /// <summary>The layer, or the bytecode of one; null for other things and for what cannot be read.</summary>
    public Layer? Layer { get; init; }

    /// <summary>The wheel that was built; null for other things and for what cannot be read.</summary>
    public BuiltWheel? Build { get; init; }

    /// <summary>Whether it is an interpreter, which environments lead to by path, be its list of files readable or not.</summary>
    public bool IsInterpreter => StoredInterpreter.Parts.Contains(Part);

    /// <summary>The downloaded interpreter; null for other things.</summary>
    public ManagedPython? Python { get; init; }
}
