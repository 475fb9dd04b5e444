using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>Proves what the lock says of one pin against what its index and its own metadata say.</summary>
internal sealed class PinProof(ProofSubject subject, ProofCells cells, IReadOnlyList<PinNode> nodes)
{
    private readonly HashSet<PackageName> _several = [.. nodes.GroupBy(node => node.Pin.Name).Where(group => group.Skip(1).Any()).Select(group => group.Key)];
    private readonly PreReleaseProof _preReleases = new(subject, cells, nodes);
    private readonly DateTimeOffset? _madeAfter = nodes
        .SelectMany(node => node.Evidence.Release?.Files.Where(file => IsListed(node.Pin, file)) ?? [])
        .Max(file => file.UploadTime);

    public async Task CheckAsync(PinNode node, IPackageSource source, CancellationToken cancellationToken)
    {
        // Nothing leads to it, which was said: what else is wrong with it does not matter.
        if (node.Cells.Count == 0)
            return;
        CheckEvidence(node);
        if (node.IsDirect)
            CheckDirect(node);
        else
            new PinFilesProof(subject, cells, _madeAfter).Check(node);
        if (node is { IsDirect: false, Evidence.Release: { } release })
        {
            CheckIndex(node, release.Index ?? node.Evidence.List!.Index);
            await _preReleases.CheckAsync(node, _madeAfter, source, cancellationToken).ConfigureAwait(false);
        }

        if (node.Evidence.Metadata is { } metadata)
        {
            CheckPython(node, metadata);
            CheckDependencies(node);
        }
    }

    private static bool IsListed(LockedPackage pin, IndexFile file) =>
        pin.Wheels.Any(wheel => string.Equals(wheel.Name, file.FileName, StringComparison.Ordinal)) || string.Equals(pin.Sdist?.Name, file.FileName, StringComparison.Ordinal);

    private void CheckEvidence(PinNode node)
    {
        if (node.Evidence.Problem is { } problem)
        {
            subject.Findings.Unproven(
                $"What {node.Name} needs could not be proven. {problem}",
                node.Pin,
                subject.Context.IsOffline ? "Run 'dotnet pyenv verify' once without --offline." : "Ask for another version, or put a wheel of it into a folder that find-links names.");
        }
        else if (node.Evidence.Release is null && node.IsDirect)
        {
            subject.Findings.Wrong(VerificationCodes.ForeignSource, $"{node.Name} does not come from an address that the manifest names for it.", node.Pin);
        }
        else if (node.Evidence.Release is null)
        {
            var searched = node.Evidence.List?.Searched ?? [];
            subject.Findings.Wrong(
                VerificationCodes.NotOffered,
                $"{node.Name} is not offered{(searched.Count == 0 ? ": no index may be asked for it" : $" by {string.Join(", ", searched)}")}{(subject.Manifest.ExcludeNewer is { } newer ? $", or not from before {newer}" : "")}.",
                node.Pin);
        }
    }

    /// <summary>What is locked of an address must be what lies there.</summary>
    private void CheckDirect(PinNode node)
    {
        if (node.Evidence.Release is not { Direct: { } direct } release)
            return;
        var (pin, file) = (node.Pin, release.Files.Count == 0 ? null : release.Files[0]);
        var (path, url) = (pin.Archive?.Path ?? pin.Directory?.Path, pin.Archive?.Url);
        var isThere = direct.Location.IsFile
            ? path is not null && string.Equals(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, subject.LockFolder)), Path.TrimEndingDirectorySeparator(direct.Location.LocalPath), StringComparison.Ordinal)
            : path is null && string.Equals(Plain(url), Plain(file?.Url), StringComparison.Ordinal);
        if (!isThere)
            subject.Findings.Wrong(VerificationCodes.ForeignSource, $"{node.Name} does not come from '{direct.Address}', which the manifest names for it.", pin);
        if (pin.Archive is not { } archive || file is null)
            return;
        if (archive.Hashes.Digests.Count != 1 || !string.Equals(archive.Hashes.Sha256, file.Sha256?.ToString(), StringComparison.Ordinal))
            subject.Findings.Wrong(VerificationCodes.DigestDiffers, $"{node.Name} has the SHA-256 {archive.Hashes.Sha256 ?? "none"} in the lock; what lies at '{direct.Address}' has {file.Sha256}.", pin);
        if (archive.Size != file.Size)
            subject.Findings.Wrong(VerificationCodes.FileDiffers, $"{node.Name} has {archive.Size} bytes in the lock; what lies at '{direct.Address}' has {file.Size}.", pin);
        if (file.Wheel is null && archive.Subdirectory is not null)
            subject.Findings.Wrong(VerificationCodes.ForeignSource, $"{node.Name} would be built from a folder of its archive that the manifest does not name.", pin);
        if (file.Wheel is { } wheel)
            CheckWheel(node, wheel);
    }

    private void CheckWheel(PinNode node, WheelFileName wheel)
    {
        foreach (var environment in node.Cells.Select(cell => cells.Cells[cell]).Where(environment => environment.IsRequired))
        {
            foreach (var target in environment.Targets.Where(target => target.Tags.Rank(wheel) is null))
                subject.Findings.Wrong(VerificationCodes.NoFileForTarget, $"{wheel.Text}, which is asked for by its address, does not fit {target}.", node.Pin, environment.Label);
        }
    }

    private void CheckIndex(PinNode node, Uri? expected)
    {
        var stated = node.Pin.Index;
        if (Same(stated, expected))
            return;
        // A lock does not depend on the mirror that this run uses.
        if (subject.IsMirrored && stated is not null && subject.Manifest.Indexes.Any(index => Same(stated, index.Url)))
            return;
        subject.Findings.Wrong(
            VerificationCodes.IndexDiffers,
            $"{node.Name} is said to come from {Shown(stated)}; by the manifest it comes from {Shown(expected)}.",
            node.Pin);
    }

    private static bool Same(Uri? one, Uri? other) => string.Equals(Plain(one), Plain(other), StringComparison.Ordinal);

    private static string? Plain(Uri? url) => url?.GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped).TrimEnd('/');

    private static string Shown(Uri? url) => url is null ? "no index" : Credentials.Strip(url.OriginalString);

    private void CheckPython(PinNode node, CoreMetadata metadata)
    {
        var (stated, own) = (node.Pin.RequiresPython ?? VersionSpecifiers.Any, metadata.RequiresPython ?? VersionSpecifiers.Any);
        if (stated.Set.Equals(own.Set))
            return;
        subject.Findings.Wrong(
            VerificationCodes.RequiresPythonDiffers,
            $"The lock says that {node.Name} runs on Python {(stated.Count == 0 ? "of any version" : stated)}; its own metadata says {(own.Count == 0 ? "of any version" : own)}.",
            node.Pin);
    }

    /// <summary>What the lock notes for audits must be what the pin needs where it counts.</summary>
    private void CheckDependencies(PinNode node)
    {
        // Where a requirement is unmet there is no pin to name, and that was said.
        var expected = node.Dependencies.Select(other => Text(other.Pin)).Order(StringComparer.Ordinal).ToList();
        var stated = (node.Pin.Dependencies ?? []).Select(reference => reference.Version is { } version ? $"{reference.Name} {version}" : reference.Name.Value).Order(StringComparer.Ordinal).ToList();
        if (expected.SequenceEqual(stated, StringComparer.Ordinal))
            return;
        var (more, less) = (stated.Except(expected, StringComparer.Ordinal).ToList(), expected.Except(stated, StringComparer.Ordinal).ToList());
        subject.Findings.Wrong(
            VerificationCodes.DependenciesDiffer,
            $"The dependencies that the lock notes for {node.Name} are not its own:{(less.Count == 0 ? "" : $" {string.Join(", ", less)} {(less.Count == 1 ? "is" : "are")} left out;")}{(more.Count == 0 ? "" : $" {string.Join(", ", more)} {(more.Count == 1 ? "is" : "are")} none;")}".TrimEnd(';') + ".",
            node.Pin);
    }

    private string Text(LockedPackage pin) => _several.Contains(pin.Name) ? $"{pin.Name} {pin.Version}" : pin.Name.Value;
}
