namespace VenvBuild.Index;

/// <summary>What happens when several indexes have a name.</summary>
public enum IndexStrategy
{
    /// <summary>
    /// The first index that knows the name serves it alone. What a stranger uploads to a later index cannot take a name of an earlier one.
    /// </summary>
    FirstIndex,

    /// <summary>The releases of all indexes together; each version comes from the first index that has it.</summary>
    BestMatch,
}
