namespace VenvBuild.Packaging;

/// <summary>What decides which wheels run on a platform, beside the processor.</summary>
internal enum PlatformFamily
{
    Glibc,
    Musl,
    Windows,
    MacOs,
}
