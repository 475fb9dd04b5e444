namespace VenvBuild.Resolver;

/// <summary>How what one term allows relates to what another allows.</summary>
internal enum SetRelation
{
    /// <summary>All of it: the first makes the second true.</summary>
    Subset,

    /// <summary>Nothing: the first makes the second false.</summary>
    Disjoint,

    /// <summary>Some of it.</summary>
    Overlapping,
}
