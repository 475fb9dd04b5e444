using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Made sdists as what wheels are built from.</summary>
internal static class SdistSource
{
    public static BuildSource ToSource(this SdistMaker maker)
    {
        var bytes = maker.ToBytes();
        return BuildSource.OfSdist(
            maker.FileName, PackageName.Parse(maker.Name), PackageVersion.Parse(maker.Version), Sha256Digest.Of(bytes), (stream, token) => stream.WriteAsync(bytes, token).AsTask());
    }
}
