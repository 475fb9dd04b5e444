using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Fetches wheels by the addresses in the lock, or finds the same files, by name and digest, on the indexes of this run.</summary>
/// <param name="index">The indexes, whose connections, credentials and bounds are used.</param>
/// <param name="lockFolder">The folder that relative paths in the lock start from.</param>
/// <param name="addresses">Which of the lock's addresses are used.</param>
public sealed class IndexWheelSource(PackageIndex index, string lockFolder, LockedAddresses addresses = LockedAddresses.All) : IWheelSource
{
    /// <inheritdoc/>
    public async Task DownloadAsync(PlannedWheel wheel, Stream destination, CancellationToken cancellationToken)
    {
        // Where it has moved on its host, the index's page tells where to.
        if (addresses == LockedAddresses.OfIndexes && wheel is { Path: null, IsDirect: false, Url: { } locked } && IsOfIndex(locked)
            && await index.TryDownloadAsync(locked, wheel.Sha256, wheel.Size, destination, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var url = await LocateAsync(wheel, cancellationToken).ConfigureAwait(false);
        await index.DownloadAsync(url, wheel.Sha256, wheel.Size, destination, cancellationToken).ConfigureAwait(false);
    }

    private bool IsOfIndex(Uri url) => index.Options.Indexes.Any(location =>
        Uri.Compare(location.Url, url, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0);

    private async Task<Uri> LocateAsync(PlannedWheel wheel, CancellationToken cancellationToken)
    {
        if (wheel.Path is not null)
            return new Uri(Path.GetFullPath(Path.Combine(lockFolder, wheel.Path)));
        if (wheel.Url is { } url && (addresses == LockedAddresses.All || wheel.IsDirect || url.IsFile))
            return url;
        var found = await index.FindFileAsync(wheel.Name, wheel.File.Text, wheel.Sha256, cancellationToken).ConfigureAwait(false);
        return found?.Url ?? throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
            EnvironmentCodes.WheelNotFound, $"No index of this run has {wheel.File.Text} with the SHA-256 that the lock names.",
            remedy: "Name an index that has it (--index-url), or lock again."));
    }
}
