using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>Proves a pin's files: that they are those which the index offers, all that a target could use, and no others.</summary>
internal sealed class PinFilesProof(ProofSubject subject, ProofCells cells, DateTimeOffset? madeAfter)
{
    public void Check(PinNode node)
    {
        var environments = node.Cells.ConvertAll(cell => cells.Cells[cell]);
        CheckForms(node);
        CheckCoverage(node, environments);
        if (node.Evidence.Release is not { } release)
            return;
        var offered = new Dictionary<string, IndexFile>(StringComparer.Ordinal);
        foreach (var file in release.Files)
            offered.TryAdd(file.FileName, file);
        foreach (var locked in Files(node.Pin))
        {
            if (offered.TryGetValue(locked.Name, out var file))
                Compare(node, locked, file);
            else
                subject.Findings.Wrong(VerificationCodes.NotOffered, $"{locked.Name} is not among the files that the manifest's indexes offer and admit for {node.Name}.", node.Pin);
        }

        CheckChoice(node, PinFiles.Of(release, environments, subject.Manifest.Sdists.Allows(release.Name)), offered);
    }

    private static IEnumerable<LockedFile> Files(LockedPackage pin) => pin.Sdist is { } sdist ? pin.Wheels.Append(sdist) : pin.Wheels;

    private void CheckForms(PinNode node)
    {
        if (node.Pin.Sdist is not null && !subject.Manifest.Sdists.Allows(node.Pin.Name))
        {
            subject.Findings.Wrong(
                VerificationCodes.SourceForbidden,
                $"{node.Name} would be built from its source, which the manifest's 'sdists' do not allow.",
                node.Pin);
        }

        foreach (var file in Files(node.Pin).Where(file => file.Hashes.Sha256 is null || file.Hashes.Digests.Count > 1))
        {
            // A second digest would bind nobody who looks at the first only.
            subject.Findings.Wrong(VerificationCodes.DigestDiffers, $"{file.Name} must have a SHA-256 and no other digest; the lock has '{file.Hashes}'.", node.Pin);
        }
    }

    private void CheckCoverage(PinNode node, List<ResolutionEnvironment> environments)
    {
        if (node.Pin.Sdist is not null)
            return;
        foreach (var environment in environments.Where(environment => environment.IsRequired))
        {
            foreach (var target in environment.Targets.Where(target => !node.Pin.Wheels.Any(file => IsUsable(file, target, environment, node.Evidence.Release))))
                subject.Findings.Wrong(VerificationCodes.NoFileForTarget, $"No wheel of {node.Name} in the lock fits {target}.", node.Pin, environment.Label);
        }
    }

    private static bool IsUsable(LockedFile locked, Target target, ResolutionEnvironment environment, Release? release)
    {
        if (locked.Wheel is not { } wheel || target.Tags.Rank(wheel) is null)
            return false;
        var python = release?.Files.FirstOrDefault(file => string.Equals(file.FileName, locked.Name, StringComparison.Ordinal))?.RequiresPython;
        return ProofCells.Admits(python, environment);
    }

    private void Compare(PinNode node, LockedFile locked, IndexFile file)
    {
        if (file.Sha256 is { } digest && !string.Equals(locked.Hashes.Sha256, digest.ToString(), StringComparison.Ordinal))
        {
            subject.Findings.Wrong(
                VerificationCodes.DigestDiffers,
                $"{locked.Name} has the SHA-256 {locked.Hashes.Sha256 ?? "none"} in the lock and {digest} at the index.",
                node.Pin,
                remedy: "Do not use this lock: the file was exchanged. Run 'dotnet pyenv lock' to make it again.");
        }
        else if (file.Sha256 is null)
        {
            subject.Findings.Unproven($"The index states no digest of {locked.Name}.", node.Pin, "Use an index that states digests (PEP 503), or put the file into a folder that find-links names.");
        }

        if (locked.Size != file.Size)
            subject.Findings.Wrong(VerificationCodes.FileDiffers, $"{locked.Name} has {Shown(locked.Size)} bytes in the lock and {Shown(file.Size)} at the index.", node.Pin);
        if (locked.UploadTime != file.UploadTime)
            subject.Findings.Wrong(VerificationCodes.FileDiffers, $"{locked.Name} was published {Shown(locked.UploadTime)} by the lock and {Shown(file.UploadTime)} by the index.", node.Pin);
        if (!IsAt(locked, file))
            subject.Findings.Wrong(VerificationCodes.FileDiffers, $"{locked.Name} is at another address in the lock than at the index.", node.Pin);
        if (file.IsYanked && !subject.IsAskedExactly(node.Pin) && !subject.WasLocked(node.Pin))
        {
            subject.Findings.Wrong(
                VerificationCodes.Yanked,
                $"{node.Name} was yanked{(file.YankedReason is { Length: > 0 } reason ? $": {reason.TrimEnd('.')}" : "")}.",
                node.Pin,
                remedy: $"Run 'dotnet pyenv lock --upgrade-package {node.Pin.Name}', or ask for '{node.Pin.Name}=={node.Pin.Version}' to accept it.");
        }
    }

    private bool IsAt(LockedFile locked, IndexFile file)
    {
        if (file.Url.IsFile)
            return locked.Path is { } path && string.Equals(Path.GetFullPath(path, subject.LockFolder), file.Url.LocalPath, StringComparison.Ordinal);
        if (locked.Path is not null)
            return false;
        return subject.IsMirrored || string.Equals(Plain(locked.Url!), Plain(file.Url), StringComparison.Ordinal);
    }

    private static string Plain(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped);

    private static string Shown(long? size) => size is { } number ? FormattableString.Invariant($"{number}") : "an unknown number of";

    private static string Shown(DateTimeOffset? time) => time is { } known ? FormattableString.Invariant($"on {known:yyyy-MM-dd'T'HH:mm:ss'Z'}") : "at an unknown time";

    private void CheckChoice(PinNode node, PinFiles choice, Dictionary<string, IndexFile> offered)
    {
        var expected = choice.All.Select(file => file.FileName).ToHashSet(StringComparer.Ordinal);
        foreach (var locked in Files(node.Pin).Where(locked => offered.ContainsKey(locked.Name) && !expected.Contains(locked.Name)))
            subject.Findings.Wrong(VerificationCodes.NeedlessFile, $"{locked.Name} is listed, and no target could use it.", node.Pin);
        var listed = Files(node.Pin).Select(locked => locked.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var file in choice.All.Where(file => !listed.Contains(file.FileName) && WasThere(file)))
            subject.Findings.Wrong(VerificationCodes.OmittedFile, $"{file.FileName} is left out, and a target could use it.", node.Pin);
    }

    /// <summary>Whether a file was published before the lock can have been made: before the newest that the lock knows.</summary>
    private bool WasThere(IndexFile file) => file.UploadTime is null ? madeAfter is null : file.UploadTime <= madeAfter;
}
