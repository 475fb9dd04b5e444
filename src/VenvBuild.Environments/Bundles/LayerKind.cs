namespace VenvBuild.Environments;

/// <summary>What a layer holds.</summary>
public enum LayerKind
{
    /// <summary>The files of a wheel.</summary>
    Wheel,

    /// <summary>The compiled modules of a wheel, for one Python.</summary>
    Bytecode,

    /// <summary>The installation of an interpreter, for a machine that has none.</summary>
    Interpreter,
}
