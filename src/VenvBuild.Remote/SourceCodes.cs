namespace VenvBuild.Remote;

/// <summary>The diagnostics of the places that environments come from and go to (PYENV185x to PYENV189x).</summary>
internal static class SourceCodes
{
    /// <summary>No place that was asked has the environment.</summary>
    public const string NotFound = "PYENV1850";

    /// <summary>A place cannot be reached.</summary>
    public const string Unreachable = "PYENV1851";

    /// <summary>A place answers with an error.</summary>
    public const string Failed = "PYENV1852";

    /// <summary>A place wants other credentials, or gives these no right to that.</summary>
    public const string Unauthorized = "PYENV1853";

    /// <summary>A place takes no more requests for a while.</summary>
    public const string RateLimited = "PYENV1854";

    /// <summary>What comes from a place is larger than it can be.</summary>
    public const string TooLarge = "PYENV1855";

    /// <summary>A place is full, or a part is larger than it takes.</summary>
    public const string DoesNotFit = "PYENV1856";

    /// <summary>What is at a place under the environment's key is another environment.</summary>
    public const string OtherContent = "PYENV1859";

    /// <summary>What is named as a bucket is none.</summary>
    public const string BadBucket = "PYENV1861";

    /// <summary>A remark about what was asked of which place.</summary>
    public const string Remark = "PYENV1899";
}
