using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// The wheels of a lock as they can be had here: from the lock's folder, from the address the lock holds or, where this run has a mirror,
/// from what the mirror lists under the same name and digest.
/// </summary>
internal sealed class LockWheels(string lockFolder, PackageIndex index, bool hasMirror) : IWheelSource
{
    public async Task DownloadAsync(PlannedWheel wheel, Stream destination, CancellationToken cancellationToken)
    {
        var url = wheel.Path is { } path
            ? new Uri(Path.GetFullPath(path, lockFolder))
            : hasMirror ? await MirroredAsync(wheel, cancellationToken).ConfigureAwait(false) : wheel.Url!;
        await index.DownloadAsync(url, wheel.Sha256, wheel.Size, destination, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Uri> MirroredAsync(PlannedWheel wheel, CancellationToken cancellationToken)
    {
        var file = await index.FindFileAsync(wheel.Name, wheel.File.Text, wheel.Sha256, cancellationToken).ConfigureAwait(false);
        return file?.Url ?? throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
            WorkspaceCodes.NotOnMirror,
            $"The mirror {string.Join(", ", index.Options.Indexes)} does not list {wheel.File.Text} with the lock's digest.",
            remedy: "Use a mirror that has it, or leave '--index-url' out."));
    }
}
