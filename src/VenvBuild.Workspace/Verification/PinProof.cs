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
        if (node.Pin.Vcs is not null || node.Pin.Directory is not null || node.Pin.Archive is not null)
        {
            CheckDirect(node);
            return;
        }

        CheckEvidence(node);
        new PinFilesProof(subject, cells, _madeAfter).Check(node);
        if (node.Evidence.Release is { } release)
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
        else if (node.Evidence.Release is null)
        {
            var searched = node.Evidence.List?.Searched ?? [];
            subject.Findings.Wrong(
                VerificationCodes.NotOffered,
                $"{node.Name} is not offered{(searched.Count == 0 ? ": no index may be asked for it" : $" by {string.Join(", ", searched)}")}{(subject.Manifest.ExcludeNewer is { } newer ? $", or not from before {newer}" : "")}.",
                node.Pin);
        }
    }

    private void CheckDirect(PinNode node)
    {
        var request = node.Evidence.DirectRequest;
        var address = node.Pin.Archive?.Url?.OriginalString ?? node.Pin.Archive?.Path ?? node.Pin.Directory?.Path ?? node.Pin.Vcs?.Url ?? "";
        if (request?.Url is null || !string.Equals(request.Url.Split('#')[0], address.Split('#')[0], StringComparison.Ordinal))
            subject.Findings.Wrong(VerificationCodes.ForeignSource, $"{node.Name} comes from '{Credentials.Strip(address)}', which the manifest does not name.", node.Pin);
        else
            subject.Findings.Unproven($"What {node.Name} needs could not be proven. {node.Evidence.Problem}", node.Pin, "Put a wheel of it into a folder that find-links names, and ask for it by name.");
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
