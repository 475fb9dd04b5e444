namespace VenvBuild.Resolver;

/// <summary>What a look at an incompatibility shows.</summary>
internal enum Look
{
    /// <summary>Two terms or more are open: nothing follows yet.</summary>
    Open,

    /// <summary>A term is false already: nothing can follow.</summary>
    False,

    /// <summary>All terms but one were true, so that one was made false.</summary>
    Unit,

    /// <summary>All terms are true, which must not be.</summary>
    Conflict,
}
