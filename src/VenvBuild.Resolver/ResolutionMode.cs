namespace VenvBuild.Resolver;

/// <summary>Which of the releases that fit is taken.</summary>
public enum ResolutionMode
{
    /// <summary>The newest.</summary>
    Highest,

    /// <summary>The oldest.</summary>
    Lowest,

    /// <summary>The oldest of what is asked for directly, the newest of all else.</summary>
    LowestDirect,
}
