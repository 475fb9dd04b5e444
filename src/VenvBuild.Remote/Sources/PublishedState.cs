using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// What the description and the signatures at a place become when an environment is published there. One that is there already and lists
/// the same layers stays to the byte, whoever made it, so that its signatures stay good; new ones are added to them.
/// </summary>
internal sealed record PublishedState(ReadOnlyMemory<byte> Manifest, ReadOnlyMemory<byte>? Signatures, bool IsManifestNew, bool AreSignaturesNew)
{
    // A policy may want young signatures, and a push of every hour should send nothing.
    private static readonly TimeSpan Renewal = TimeSpan.FromDays(1);

    /// <summary>Whether the place has all of it.</summary>
    public bool IsSettled => !IsManifestNew && !AreSignaturesNew;

    /// <param name="publication">What is published.</param>
    /// <param name="there">What the place has under the key, as it was last read.</param>
    /// <param name="others">Files of signatures that others want to see there, too: without a description yet, or taken away to be replaced.</param>
    /// <param name="place">The place, for people.</param>
    public static PublishedState Of(Publication publication, EnvironmentOffer? there, IEnumerable<ReadOnlyMemory<byte>> others, string place)
    {
        var kept = there is not null && Kept(publication.Manifest, there, place) is { } stays ? stays : null;
        var bytes = kept is null ? publication.Manifest.ToUtf8Bytes() : there!.Manifest;
        var present = kept is not null && there!.Signatures is { } file ? Readable(file) : [];
        var wanted = present.ToList();
        var isChanged = false;
        foreach (var envelope in others.SelectMany(Readable).Where(envelope => kept is null || !IsOfAnother(envelope, bytes)))
        {
            if (!wanted.Any(other => IsSame(other, envelope)))
                isChanged |= Add(wanted, envelope);
        }

        if (publication.Sign?.Invoke(kept ?? publication.Manifest) is { } added)
        {
            // A signature that says the same but for the time adds nothing but length, unless it is much younger: then it takes the other's place.
            var same = wanted.FindIndex(envelope => SaysTheSame(envelope, added));
            var isYounger = same >= 0 && StatementIn(added)!.Time - StatementIn(wanted[same])!.Time >= Renewal;
            if (isYounger)
                wanted.RemoveAt(same);
            if (same < 0 || isYounger)
                isChanged |= Add(wanted, added);
        }

        if (isChanged)
            return new(bytes, SignatureFile.Write([.. wanted.Where(envelope => kept is null || !IsOfAnother(envelope, bytes))]), kept is null, true);
        return new(bytes, kept is null ? null : there!.Signatures, kept is null, kept is null && there?.Signatures is not null);
    }

    /// <summary>Adds an envelope; where a file can have no more, an older one of a signer that has another goes.</summary>
    private static bool Add(List<DsseEnvelope> envelopes, DsseEnvelope added)
    {
        envelopes.Add(added);
        while (envelopes.Count > SignatureFile.MaxEnvelopes)
        {
            var superseded = envelopes.FindIndex(envelope => envelope != envelopes.FindLast(other => IsOfSameKeys(other, envelope)));
            envelopes.RemoveAt(superseded < 0 ? 0 : superseded);
        }

        return true;
    }

    private static EnvironmentManifest? Kept(EnvironmentManifest mine, EnvironmentOffer there, string place)
    {
        try
        {
            var theirs = EnvironmentManifest.Read(there.Manifest.Span, place);
            return theirs.Key == mine.Key && theirs.Layers.Select(layer => layer.Digest).SequenceEqual(mine.Layers.Select(layer => layer.Digest)) ? theirs : null;
        }
        catch (DiagnosticException)
        {
            // What cannot be read is no environment; it is replaced.
            return null;
        }
    }

    private static IReadOnlyList<DsseEnvelope> Readable(ReadOnlyMemory<byte> file)
    {
        try
        {
            return SignatureFile.Parse(file.Span);
        }
        catch (DiagnosticException)
        {
            return [];
        }
    }

    /// <summary>Whether an envelope is of another description than the one that stays: what a slower publisher signed of its own.</summary>
    private static bool IsOfAnother(DsseEnvelope envelope, ReadOnlyMemory<byte> manifest) =>
        StatementIn(envelope) is { } statement && statement.Manifest != Sha256Digest.Of(manifest.Span);

    private static bool IsSame(DsseEnvelope one, DsseEnvelope other) => SignatureFile.Write([one]).AsSpan().SequenceEqual(SignatureFile.Write([other]));

    private static bool SaysTheSame(DsseEnvelope one, DsseEnvelope other) =>
        IsOfSameKeys(one, other)
        && StatementIn(one) is { } left && StatementIn(other) is { } right
        && (left with { Time = right.Time }).Write().AsSpan().SequenceEqual(right.Write());

    private static bool IsOfSameKeys(DsseEnvelope one, DsseEnvelope other) =>
        one.Signatures.Select(signature => signature.KeyId).SequenceEqual(other.Signatures.Select(signature => signature.KeyId));

    private static ProvenanceStatement? StatementIn(DsseEnvelope envelope)
    {
        try
        {
            return ProvenanceStatement.Parse(envelope.Payload.Span);
        }
        catch (DiagnosticException)
        {
            return null;
        }
    }
}
