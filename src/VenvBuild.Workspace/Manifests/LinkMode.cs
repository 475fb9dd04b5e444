namespace VenvBuild.Workspace;

/// <summary>How files come from the store into an environment (<c>environment.link</c>).</summary>
public enum LinkMode
{
    /// <summary>The cheapest way that the file system has.</summary>
    Auto,

    /// <summary>As copies that share their blocks until one is written.</summary>
    Clone,

    /// <summary>As further names of one file.</summary>
    Hardlink,

    /// <summary>As copies.</summary>
    Copy,
}
