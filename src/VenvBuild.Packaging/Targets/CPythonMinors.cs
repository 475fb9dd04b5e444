namespace VenvBuild.Packaging;

/// <summary>
/// The minors of CPython that exist, as this version of the tool knows them. What a lock serves is decided by this list, never by a look at
/// the machine, so that every machine makes the same lock. A new minor is added here.
/// </summary>
public static class CPythonMinors
{
    /// <summary>The oldest minor that environments are made for.</summary>
    public static readonly PythonMinor OldestSupported = new(3, 9);

    /// <summary>The newest minor, released in October 2026.</summary>
    public static readonly PythonMinor Newest = new(3, 15);

    /// <summary>The oldest minor that has a build without the global lock (PEP 703).</summary>
    public static readonly PythonMinor OldestFreeThreaded = new(3, 13);

    /// <summary>The minors that environments are made for, oldest first.</summary>
    public static IReadOnlyList<PythonMinor> Supported { get; } = From(OldestSupported.Minor);

    /// <summary>All minors that a manifest can name, oldest first: those too old to be supported among them.</summary>
    public static IReadOnlyList<PythonMinor> Known { get; } = From(0);

    private static PythonMinor[] From(int minor) =>
        [.. Enumerable.Range(minor, Newest.Minor - minor + 1).Select(number => new PythonMinor(Newest.Major, number))];
}
