namespace VenvBuild.Workspace;

/// <summary>What <c>publish</c> leaves out of an environment.</summary>
[Flags]
public enum PublishTrim
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Bytecode: Python compiles at the first import, into the folder where it may write there, and else each time.</summary>
    Caches = 1,

    /// <summary>The tests that distributions bring: folders called <c>tests</c>.</summary>
    Tests = 2,
}
