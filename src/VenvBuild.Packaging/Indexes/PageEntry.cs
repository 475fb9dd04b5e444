namespace VenvBuild.Packaging;

/// <summary>One file as a page describes it, in the page's own bytes.</summary>
internal ref struct PageEntry
{
    public ReadOnlySpan<byte> FileName;
    public ReadOnlySpan<byte> Url;
    public ReadOnlySpan<byte> RequiresPython;
    public ReadOnlySpan<byte> YankedReason;
    public ReadOnlySpan<byte> Provenance;
    public Sha256Digest? Sha256;
    public Sha256Digest? CoreMetadataSha256;
    public DateTimeOffset? UploadTime;
    public long? Size;
    public bool HasCoreMetadata;
    public bool IsYanked;
}
