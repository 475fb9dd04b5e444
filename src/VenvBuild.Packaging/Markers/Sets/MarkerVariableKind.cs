namespace VenvBuild.Packaging;

/// <summary>What the branches of a node are.</summary>
internal enum MarkerVariableKind
{
    /// <summary>Ranges of versions.</summary>
    Version,

    /// <summary>Some texts, and every other.</summary>
    Text,

    /// <summary>Whether a comparison holds: no, yes.</summary>
    Test,

    /// <summary>Whether a name is in a set of names: no, yes.</summary>
    Member,
}
