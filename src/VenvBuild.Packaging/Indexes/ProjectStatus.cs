namespace VenvBuild.Packaging;

/// <summary>What an index says of a project as a whole (PEP 792).</summary>
public enum ProjectStatus
{
    /// <summary>Nothing is said, or that it is maintained.</summary>
    Active,

    /// <summary>No further releases are expected.</summary>
    Archived,

    /// <summary>The project is obsolete; something else is to be used.</summary>
    Deprecated,

    /// <summary>The project is held to be unsafe: none of its files may be used.</summary>
    Quarantined,
}
