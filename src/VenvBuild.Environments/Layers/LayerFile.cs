using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>One file of a layer.</summary>
/// <param name="Scheme">Where it belongs.</param>
/// <param name="Path">Its path below the scheme's folder, with <c>/</c>.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its digest.</param>
/// <param name="IsExecutable">Whether it may be run.</param>
/// <param name="IsPythonScript">Whether its first line is <c>#!python</c>, which stands for the environment's interpreter.</param>
public sealed record LayerFile(InstallScheme Scheme, string Path, long Size, Sha256Digest Sha256, bool IsExecutable, bool IsPythonScript = false);
