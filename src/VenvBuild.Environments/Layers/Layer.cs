using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// One wheel in installed form: no path of any machine in it, laid out by install scheme, the same on every machine. Commands are
/// kept as data; who unpacks an environment writes the scripts.
/// </summary>
public sealed class Layer
{
    /// <summary>The SHA-256 of the wheel that the layer was made from: the layer's name in the store.</summary>
    public required Sha256Digest Digest { get; init; }

    /// <summary>The wheel's file name.</summary>
    public required string FileName { get; init; }

    /// <summary>The distribution.</summary>
    public required PackageName Name { get; init; }

    /// <summary>The version.</summary>
    public required PackageVersion Version { get; init; }

    /// <summary>Where the wheel's root goes: purelib or platlib.</summary>
    public required InstallScheme Root { get; init; }

    /// <summary>The name of the <c>.dist-info</c> folder.</summary>
    public required string DistInfo { get; init; }

    /// <summary>The commands.</summary>
    public required IReadOnlyList<EntryPoint> EntryPoints { get; init; }

    /// <summary>The files, by scheme and then by path in ordinal order.</summary>
    public required IReadOnlyList<LayerFile> Files { get; init; }

    /// <summary>For a layer that holds the compiled modules of a wheel instead of its files: the Python that takes them. Else null.</summary>
    public BytecodeFormat? Bytecode { get; init; }

    /// <summary>Whether it holds the installation of an interpreter, which came from no wheel: its digest is then that of the program.</summary>
    public bool IsInterpreter { get; init; }

    /// <summary>The layer's folder in the store.</summary>
    public required string Folder { get; init; }

    /// <summary>Where a file of the layer is in the store.</summary>
    public string PathOf(LayerFile file) => $"{Folder}/{FolderOf(file.Scheme)}/{file.Path}";

    /// <summary>The mode of a file in the store: read-only for all, so that no editor writes through a hard link of an environment.</summary>
    internal static UnixFileMode ModeOf(bool isExecutable)
    {
        const UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return isExecutable ? read | execute : read;
    }

    internal static string FolderOf(InstallScheme scheme) => scheme switch
    {
        InstallScheme.Purelib => "purelib",
        InstallScheme.Platlib => "platlib",
        InstallScheme.Scripts => "scripts",
        InstallScheme.Data => "data",
        _ => "headers",
    };

    internal static InstallScheme? SchemeOf(ReadOnlySpan<char> folder) => folder switch
    {
        "purelib" => InstallScheme.Purelib,
        "platlib" => InstallScheme.Platlib,
        "scripts" => InstallScheme.Scripts,
        "data" => InstallScheme.Data,
        "headers" => InstallScheme.Headers,
        _ => null,
    };
}
