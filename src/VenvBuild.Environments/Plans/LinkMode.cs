namespace VenvBuild.Environments;

/// <summary>How files come from the store into an environment.</summary>
public enum LinkMode
{
    /// <summary>The best that the file system offers: clone, else hard link, else copy.</summary>
    Auto,

    /// <summary>Copies that share their blocks until one is changed (reflink).</summary>
    Clone,

    /// <summary>One file under two names. The store's files are read-only, so that an edit does not reach other environments.</summary>
    HardLink,

    /// <summary>Links by path: the environment is useless without the store.</summary>
    Symlink,

    /// <summary>Copies.</summary>
    Copy,
}
