namespace VenvBuild.Workspace;

/// <summary>
/// Whose builds of sdists are taken (<c>trust: builds</c>). A lock pins the sdist, and what a build makes of it nobody can foresee: another
/// machine's wheel is its builder's word.
/// </summary>
public enum TrustedBuilds
{
    /// <summary>This machine's, and those in environments that a trusted key has signed.</summary>
    Signed,

    /// <summary>Those of the manifest's server, too, signed or not.</summary>
    Server,

    /// <summary>This machine's alone.</summary>
    Here,
}
