using System.Globalization;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary>Outcomes of verbs in one line for people.</summary>
internal static class OutcomeText
{
    /// <summary>What became of a lock.</summary>
    public static string Of(LockOutcome outcome, string workingDirectory)
    {
        var name = Near(outcome.LockPath, workingDirectory);
        return outcome.State switch
        {
            LockState.Written => $"{name}: locked {Count(outcome.Packages, "package")}",
            LockState.UpToDate => $"{name}: up to date, {Count(outcome.Packages, "package")}",
            LockState.Missing => $"{name}: missing",
            _ => $"{name}: stale",
        };
    }

    /// <summary>What became of an environment.</summary>
    public static string Of(SyncOutcome outcome, string workingDirectory)
    {
        var name = Near(outcome.EnvironmentPath, workingDirectory);
        var content = $"{Count(outcome.Packages, "package")}, Python {outcome.PythonVersion}";
        return outcome.IsUnchanged ? $"{name}: up to date, {content}"
            : outcome.Source is { } source ? $"{name}: taken from {source}, {content}"
            : $"{name}: made with {content}";
    }

    /// <summary>A bundle that was written.</summary>
    public static string Of(PackOutcome outcome, string workingDirectory) =>
        $"{Near(outcome.BundlePath, workingDirectory)}: {Count(outcome.Packages, "package")} for Python {outcome.Python} on {outcome.Platform}, {Size(outcome.Bytes)}";

    /// <summary>What came of proving a lock.</summary>
    public static string Of(VerifyOutcome outcome, string workingDirectory)
    {
        var name = Near(outcome.LockPath, workingDirectory);
        // What an attestation does not show is said with what it does.
        var attested = outcome.AttestedPins == 0 ? "" : $"""
            ; {outcome.AttestedPins} attested by {(outcome.AttestedPins == 1 ? "its publisher" : "their publishers")}: file, signature, certificate and workflow{(outcome.IsSigningLogged ? ", and the log of signatures" : "")} were checked; {(outcome.IsSigningLogged ? "" : "the log of signatures, ")}certificate transparency and revocation were not
            """;
        return outcome.IsProven
            ? $"{name}: proven, {Count(outcome.Packages, "package")} on {Count(outcome.Targets, "target")}{attested}"
            : $"{name}: not proven, {Count(outcome.Findings.Count, "finding")}";
    }

    /// <summary>What came of checking an environment.</summary>
    public static string Of(VerifyEnvironmentOutcome outcome, string workingDirectory)
    {
        var name = Near(outcome.EnvironmentPath, workingDirectory);
        if (!outcome.IsProven)
            return $"{name}: not as it was installed, {Count(outcome.Findings.Count + outcome.Refusals.Count, "finding")}";
        var voucher = outcome.VouchedBy switch
        {
            EnvironmentVoucher.Signature => $"signed, made by {outcome.Builder}",
            EnvironmentVoucher.Lock => "pinned by the lock",
            _ => "for which nobody vouches: neither a trusted key nor a lock is at hand",
        };
        return $"{name}: as it was installed, {Count(outcome.Files, "file")} of {Count(outcome.Packages, "package")}, {voucher}";
    }

    /// <summary>What is known against a lock.</summary>
    public static string Of(AuditOutcome outcome, string workingDirectory)
    {
        var held = $"{Count(outcome.Packages, "package")} held against {Count(outcome.Records, "record")}";
        var ignored = outcome.Ignored.Count == 0 ? "" : $", {outcome.Ignored.Count} ignored";
        return $"{Near(outcome.LockPath, workingDirectory)}: {(outcome.Findings.Count == 0 ? "nothing known" : Count(outcome.Findings.Count, "finding"))}{ignored}, {held}";
    }

    /// <summary>What became of an environment that was published.</summary>
    public static string Of(PushOutcome outcome) => outcome.IsUnchanged
        ? $"{outcome.Place}: has {outcome.Key[..12]} already, {Count(outcome.Layers, "layer")}"
        : $"{outcome.Place}: {outcome.Key[..12]} published, {outcome.LayersMoved} of {Count(outcome.Layers, "layer")} sent ({Size(outcome.BytesMoved)}){(outcome.SignedBy is { } key ? $", signed by {key[..12]}" : "")}";

    /// <summary>Where the halves of a new key are, and what to do with them.</summary>
    public static string OfNew(KeyOutcome key, string workingDirectory)
    {
        var name = Near(key.PublicPath!, workingDirectory);
        return $"The private half is {key.PrivatePath}: keep it to yourself. Commit {name}, and name it in pyenv.yaml: trust: {{keys: [{name.Replace('\\', '/')}]}}";
    }

    /// <summary>A count with its noun, such as <c>1 package</c>.</summary>
    public static string Count(long count, string noun) => Count(count, noun, noun + "s");

    /// <summary>A count with its noun, where the plural is another word.</summary>
    public static string Count(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    /// <summary>A size as people say it, in binary units.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.0} GiB"),
    };

    /// <summary>A path as seen from here, when it is below.</summary>
    public static string Near(string path, string workingDirectory)
    {
        var relative = Path.GetRelativePath(workingDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
