using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What a wheel is built from, known by its digest before it is there.</summary>
public sealed class BuildSource
{
    private readonly Func<string, string, CancellationToken, Task> _unpack;

    private BuildSource(PackageName name, PackageVersion? version, string label, Sha256Digest digest, Func<string, string, CancellationToken, Task> unpack)
    {
        (Name, Version, Label, Digest) = (name, version, label, digest);
        _unpack = unpack;
    }

    /// <summary>The distribution that must come out.</summary>
    public PackageName Name { get; }

    /// <summary>The version that must come out; null where only the build tells it.</summary>
    public PackageVersion? Version { get; }

    /// <summary>What a person calls it.</summary>
    public string Label { get; }

    /// <summary>The SHA-256 of the archive, or of the folder's content.</summary>
    public Sha256Digest Digest { get; }

    /// <summary>An sdist.</summary>
    /// <param name="fileName">Its name.</param>
    /// <param name="name">The distribution.</param>
    /// <param name="version">The version.</param>
    /// <param name="digest">What it must be.</param>
    /// <param name="download">Brings it to a stream.</param>
    public static BuildSource OfSdist(string fileName, PackageName name, PackageVersion? version, Sha256Digest digest, Func<Stream, CancellationToken, Task> download) =>
        new(name, version, fileName, digest, async (staging, folder, cancellationToken) =>
        {
            var path = Path.Combine(staging, "sdist");
            var archive = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
            await using (archive.ConfigureAwait(false))
            {
                await download(archive, cancellationToken).ConfigureAwait(false);
                archive.Position = 0;
                var actual = Sha256Digest.FromBytes(await System.Security.Cryptography.SHA256.HashDataAsync(archive, cancellationToken).ConfigureAwait(false));
                if (actual != digest)
                {
                    throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                        EnvironmentCodes.DigestMismatch, $"{fileName} is not the file that was asked for: its SHA-256 is {actual} and not {digest}.", remedy: "Lock again, or tell whoever runs the index."));
                }

                archive.Position = 0;
                SdistArchive.Unpack(archive, fileName, folder, cancellationToken);
            }
        });

    /// <summary>The folder of a project. It is copied before it is built, so that the build leaves nothing in it.</summary>
    /// <param name="name">The distribution.</param>
    /// <param name="folder">The folder, absolute.</param>
    /// <param name="cancellationToken">Ends the look at its content.</param>
    /// <exception cref="DiagnosticException">It cannot be read, or is too large to be one project.</exception>
    public static BuildSource OfFolder(PackageName name, string folder, CancellationToken cancellationToken)
    {
        var tree = ProjectFolder.Read(folder, cancellationToken);
        return new(name, null, folder, tree.Digest, (_, target, token) => Task.Run(() => tree.CopyTo(target, token), token));
    }

    /// <summary>Puts the source tree into an empty folder.</summary>
    internal Task UnpackAsync(string staging, string folder, CancellationToken cancellationToken) => _unpack(staging, folder, cancellationToken);
}
