using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>Whose environments are taken: those that enough of the trusted signers vouch for, about the very environment that is asked for.</summary>
public sealed class TrustPolicy
{
    // Clocks of machines differ by minutes, not more.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, (TrustedSigner Signer, VerificationKey Key)> _keys = new(StringComparer.Ordinal);

    /// <summary>Trusts some signers.</summary>
    /// <param name="signers">The signers, at least one.</param>
    /// <param name="threshold">How many of them must have signed, at least 1.</param>
    /// <exception cref="DiagnosticException">A key counts for two signers, or the threshold is more than there are signers (exit code 2).</exception>
    public TrustPolicy(IReadOnlyList<TrustedSigner> signers, int threshold = 1)
    {
        Signers = signers;
        Threshold = threshold;
        if (threshold < 1 || threshold > signers.Count)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                TrustCodes.PolicyImpossible,
                string.Create(CultureInfo.InvariantCulture, $"{threshold} signatures are asked for, and {signers.Count} signers are trusted: that cannot be met."),
                remedy: "Name more keys under 'trust', or lower 'threshold'."));
        }

        foreach (var signer in signers)
        {
            foreach (var key in signer.Keys)
            {
                if (_keys.TryGetValue(key.Id, out var other) && other.Signer != signer)
                {
                    throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                        TrustCodes.KeyTwice,
                        $"The key {Short(key.Id)} is in {other.Signer.Name} and in {signer.Name}, so that one signer would count as two.",
                        remedy: "Take it out of one of them."));
                }

                _keys[key.Id] = (signer, key);
            }
        }
    }

    /// <summary>The signers.</summary>
    public IReadOnlyList<TrustedSigner> Signers { get; }

    /// <summary>How many of them must have signed.</summary>
    public int Threshold { get; }

    /// <summary>The builders whose work is taken; none means any. A name that ends in <c>*</c> means all that begin so.</summary>
    public IReadOnlyList<string> Builders { get; init; } = [];

    /// <summary>How old a statement may be, or null for any age.</summary>
    public TimeSpan? MaximumAge { get; init; }

    /// <summary>
    /// Decides whether the environment is taken, before anything of it is unpacked. A signature is checked before what it signs is
    /// read; signatures by keys that nobody trusts are passed over, as anybody can add some.
    /// </summary>
    /// <param name="offered">The environment.</param>
    /// <param name="signatures">The bytes of its <see cref="SignatureFile"/>; null when it has none.</param>
    /// <param name="now">The time.</param>
    /// <returns>The newest of the statements that were believed.</returns>
    /// <exception cref="DiagnosticException">It is not taken; each reason has its code (exit code 4).</exception>
    public ProvenanceStatement Check(OfferedEnvironment offered, ReadOnlyMemory<byte>? signatures, DateTimeOffset now)
    {
        var envelopes = signatures is { IsEmpty: false } bytes ? SignatureFile.Parse(bytes.Span) : [];
        if (envelopes.Count == 0)
            throw Refuse(TrustCodes.Unsigned, offered, "it is not signed", "Have it signed and published anew ('dotnet pyenv push --sign'), or look at another source.");
        var voters = new HashSet<TrustedSigner>();
        var objections = new List<DiagnosticException>();
        ProvenanceStatement? newest = null;
        foreach (var envelope in envelopes)
        {
            try
            {
                if (Signatories(envelope, offered) is not { Count: > 0 } signatories)
                    continue;
                var statement = ProvenanceStatement.Parse(envelope.Payload.Span);
                CheckStatement(statement, offered, now);
                voters.UnionWith(signatories);
                newest = newest is null || statement.Time > newest.Time ? statement : newest;
            }
            catch (DiagnosticException objection)
            {
                objections.Add(objection);
            }
        }

        if (voters.Count >= Threshold)
            return newest!;
        // What is wrong with a statement that should have counted says more than that there are too few.
        if (objections.Count > 0)
            throw objections[0];
        if (voters.Count == 0)
        {
            throw Refuse(
                TrustCodes.UntrustedSigner, offered, $"none of the trusted keys signed it, but {string.Join(", ", Claimed(envelopes))}",
                "If that key is known to you, add its public half under 'trust'; else somebody else made this environment.");
        }

        throw Refuse(
            TrustCodes.ThresholdNotMet, offered,
            string.Create(CultureInfo.InvariantCulture, $"{voters.Count} of the trusted signers vouch for it ({string.Join(", ", voters.Select(voter => voter.Name))}), and {Threshold} must"),
            "Have another of them sign it, or lower 'threshold'.");
    }

    /// <summary>The trusted signers whose good signature is on an envelope.</summary>
    private List<TrustedSigner> Signatories(DsseEnvelope envelope, OfferedEnvironment offered)
    {
        var signatories = new List<TrustedSigner>();
        byte[]? signed = null;
        foreach (var signature in envelope.Signatures)
        {
            if (!_keys.TryGetValue(signature.KeyId, out var known))
                continue;
            signed ??= DsseEnvelope.Encode(envelope.PayloadType, envelope.Payload.Span);
            if (!known.Key.Verify(signed, signature.Value.Span))
            {
                throw Refuse(
                    TrustCodes.SignatureInvalid, offered, $"a signature claims to be by {known.Signer.Name} (key {Short(known.Key.Id)}), and is not",
                    "Do not use it: it was changed after it was signed, or somebody pretends. Tell whoever runs the source.");
            }

            signatories.Add(known.Signer);
        }

        if (signatories.Count > 0 && envelope.PayloadType != DsseEnvelope.InTotoPayloadType)
            throw Refuse(TrustCodes.StatementMalformed, offered, "what was signed is no in-toto statement", "A trusted key signed something else. Have the environment signed anew.");
        return signatories;
    }

    private void CheckStatement(ProvenanceStatement statement, OfferedEnvironment offered, DateTimeOffset now)
    {
        if (statement.Key != offered.Key)
        {
            throw Refuse(
                TrustCodes.OtherEnvironment, offered, $"its signature is of another environment ({Short(statement.Key.ToString())})",
                "Do not use it: a signature was put where it does not belong. Tell whoever runs the source.");
        }

        if (statement.Platform != offered.Target.Platform.RuntimeIdentifier || statement.Python != offered.Python || statement.Abi != offered.Target.Abi)
        {
            throw Refuse(
                TrustCodes.OtherTarget, offered, $"it was signed for {statement.Python} ({statement.Abi}) on {statement.Platform}, and {offered.Target} is asked for",
                "Do not use it: a signature was put where it does not belong. Tell whoever runs the source.");
        }

        if (statement.Manifest != offered.Manifest || (offered.Layers is { } layers && !statement.Layers.Select(layer => layer.Sha256).SequenceEqual(layers)))
        {
            throw Refuse(
                TrustCodes.OtherContent, offered, "what it consists of is not what was signed",
                "Do not use it: it was changed after it was signed. Tell whoever runs the source.");
        }

        if (statement.Time > now + Skew)
        {
            throw Refuse(
                TrustCodes.FromTheFuture, offered, string.Create(CultureInfo.InvariantCulture, $"it says that it was made at {statement.Time.UtcDateTime:u}, which is not yet"),
                "Look at this machine's clock; if it is right, have the environment made anew.");
        }

        if (MaximumAge is { } age && now - statement.Time > age)
        {
            throw Refuse(
                TrustCodes.Expired, offered, string.Create(CultureInfo.InvariantCulture, $"it was made at {statement.Time.UtcDateTime:u}, and the policy takes none that is older than {age.TotalDays:0.##} days"),
                "Have it made and signed anew, or raise 'maximum-age'.");
        }

        if (Builders.Count > 0 && !Builders.Any(builder => IsMeant(builder, statement.Builder)))
        {
            throw Refuse(
                TrustCodes.UnknownBuilder, offered, $"'{statement.Builder}' made it, and the policy takes what {string.Join(", ", Builders.Select(builder => $"'{builder}'"))} made",
                "Have it made there, or name the builder under 'builders'.");
        }
    }

    private static bool IsMeant(string pattern, string builder) => pattern.EndsWith('*')
        ? builder.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
        : builder == pattern;

    private static IEnumerable<string> Claimed(IEnumerable<DsseEnvelope> envelopes) => envelopes
        .SelectMany(envelope => envelope.Signatures)
        .Select(signature => new string([.. Short(signature.KeyId).Where(char.IsAsciiLetterOrDigit)]))
        .Distinct(StringComparer.Ordinal)
        .Take(5);

    private static string Short(string id) => id.Length > 12 ? id[..12] : id;

    private static DiagnosticException Refuse(string code, OfferedEnvironment offered, string why, string remedy) => new(ExitCode.Integrity, Diagnostic.Error(
        code, $"The environment {Short(offered.Key.ToString())} for {offered.Target} is not {(offered.IsInstalled ? "to be trusted" : "taken")}: {why}.{(offered.IsInstalled ? "" : " Nothing of it was unpacked.")}", remedy: remedy));
}
