namespace VenvBuild.Environments;

/// <summary>Which of the addresses in a lock files are fetched by. Whichever it is, a file is taken by its digest.</summary>
public enum LockedAddresses
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>
    /// Those at the host of one of this run's indexes, so that a lock that was made there need not ask for a page of each file; others are
    /// looked up there by name and digest.
    /// </summary>
    OfIndexes,

    /// <summary>None: the lock is a stranger's, who must not choose what is asked for.</summary>
    None,
}
