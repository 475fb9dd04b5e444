using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>An interpreter for another machine, unpacked into the store: what environments that are made for it take from it. It is never run here.</summary>
/// <param name="Target">What it is for.</param>
/// <param name="Version">Its version.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Digest">The digest by which a lease holds it.</param>
public sealed record ForeignPython(Target Target, PackageVersion Version, string Folder, Sha256Digest Digest)
{
    /// <summary>The folder of its standard library.</summary>
    public string StandardLibrary => Target.Platform.IsWindows
        ? Path.Combine(Folder, "Lib")
        : Path.Combine(Folder, "lib", $"python{Target.Python}{(Target.IsFreeThreaded ? "t" : "")}");
}
