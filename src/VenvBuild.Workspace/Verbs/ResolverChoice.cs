namespace VenvBuild.Workspace;

/// <summary>Who solves the requests.</summary>
public enum ResolverChoice
{
    /// <summary>This tool.</summary>
    Builtin,

    /// <summary>uv, as a child process; its answer is checked like anything untrusted.</summary>
    Uv,

    /// <summary>pip, as a child process, once for each target; its answer is checked like anything untrusted.</summary>
    Pip,
}
