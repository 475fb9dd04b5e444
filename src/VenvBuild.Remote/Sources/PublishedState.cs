using VenvBuild.Environments;

namespace VenvBuild.Remote;

/// <summary>
/// What the description and the signatures at a place become when an environment is published there. One that is there already and lists
/// the same layers stays to the byte, whoever made it, so that its signatures stay good; new ones are added to them.
/// </summary>
internal sealed record PublishedState(ReadOnlyMemory<byte> Manifest, ReadOnlyMemory<byte>? Signatures, bool IsManifestNew, bool AreSignaturesNew)
{
    public static PublishedState Of(Publication publication, EnvironmentOffer? there, string place)
    {
        var kept = there is not null && Kept(publication.Manifest, there, place) is { } same ? same : null;
        var manifest = kept ?? publication.Manifest;
        var bytes = kept is null ? manifest.ToUtf8Bytes() : there!.Manifest;
        if (publication.Sign is not { } sign)
            return new(bytes, kept is null ? null : there!.Signatures, kept is null, kept is null && there?.Signatures is not null);
        var present = kept is not null && there!.Signatures is { } file ? Readable(file) : [];
        var added = sign(manifest);
        // A signature that says the same but for the time adds nothing but length.
        return present.Any(envelope => SaysTheSame(envelope, added))
            ? new(bytes, there!.Signatures, kept is null, false)
            : new(bytes, SignatureFile.Write([.. present, added]), kept is null, true);
    }

    private static EnvironmentManifest? Kept(EnvironmentManifest mine, EnvironmentOffer there, string place)
    {
        try
        {
            var theirs = EnvironmentManifest.Read(there.Manifest.Span, place);
            return theirs.Key == mine.Key && theirs.Layers.Select(layer => layer.Digest).SequenceEqual(mine.Layers.Select(layer => layer.Digest)) ? theirs : null;
        }
        catch (Packaging.DiagnosticException)
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
        catch (Packaging.DiagnosticException)
        {
            return [];
        }
    }

    private static bool SaysTheSame(DsseEnvelope one, DsseEnvelope other)
    {
        if (!one.Signatures.Select(signature => signature.KeyId).SequenceEqual(other.Signatures.Select(signature => signature.KeyId)))
            return false;
        try
        {
            var (left, right) = (ProvenanceStatement.Parse(one.Payload.Span), ProvenanceStatement.Parse(other.Payload.Span));
            return (left with { Time = right.Time }).Write().AsSpan().SequenceEqual(right.Write());
        }
        catch (Packaging.DiagnosticException)
        {
            return false;
        }
    }
}
