namespace VenvBuild.Environments;

/// <summary>The formats of programs and libraries, one for each family of systems.</summary>
internal enum NativeFormat
{
    /// <summary>Linux (System V ABI, chapter 5).</summary>
    Elf,

    /// <summary>Windows (PE/COFF).</summary>
    Pe,

    /// <summary>macOS.</summary>
    MachO,
}
