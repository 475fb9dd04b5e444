namespace VenvBuild.Workspace;

/// <summary>Where interpreters come from (<c>python-source</c>).</summary>
public enum PythonSource
{
    /// <summary>Those of this machine, else downloaded ones.</summary>
    Any,

    /// <summary>Those of this machine alone.</summary>
    System,

    /// <summary>Downloaded ones alone.</summary>
    Managed,
}
