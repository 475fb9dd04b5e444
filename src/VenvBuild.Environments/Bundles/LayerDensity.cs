namespace VenvBuild.Environments;

/// <summary>How much work is put into making a layer's archive small. Its digest, of what is in it, does not depend on it.</summary>
internal enum LayerDensity
{
    /// <summary>Some: for what is made and read once.</summary>
    Quick,

    /// <summary>Much: for what is published once and fetched by many.</summary>
    Dense,
}
