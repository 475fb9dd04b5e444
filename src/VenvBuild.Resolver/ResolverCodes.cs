namespace VenvBuild.Resolver;

/// <summary>The codes of this room's diagnostics: PYENV13xx.</summary>
internal static class ResolverCodes
{
    /// <summary>The requests cannot be satisfied together.</summary>
    public const string Unsatisfiable = "PYENV1301";

    /// <summary>No index knows a distribution.</summary>
    public const string UnknownDistribution = "PYENV1302";

    /// <summary>More environments than a solve can hold.</summary>
    public const string TooManyEnvironments = "PYENV1303";

    /// <summary>A newer Python of an open range cannot be served.</summary>
    public const string NotServed = "PYENV1310";

    /// <summary>A pin has no wheel for a newer Python of an open range.</summary>
    public const string NoWheelForOptional = "PYENV1311";

    /// <summary>An extra that a distribution does not offer.</summary>
    public const string UnknownExtra = "PYENV1312";

    /// <summary>A pin that was yanked.</summary>
    public const string Yanked = "PYENV1313";
}
