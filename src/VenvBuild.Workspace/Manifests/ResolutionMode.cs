namespace VenvBuild.Workspace;

/// <summary>Which of the versions that fit is taken (<c>resolution</c>).</summary>
public enum ResolutionMode
{
    /// <summary>The newest.</summary>
    Highest,

    /// <summary>The oldest.</summary>
    Lowest,

    /// <summary>The oldest of what the manifest asks for, the newest of what that needs.</summary>
    LowestDirect,
}
