using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>A lock as it is answered, with the headers that speak of it made once.</summary>
internal sealed class LockAnswerBytes
{
    public LockAnswerBytes(byte[] content, DateTimeOffset freshUntil)
    {
        Content = content;
        FreshUntil = freshUntil;
        Digest = Sha256Digest.Of(content);
        ContentLocation = $"/v1/locks/sha256:{Digest}";
        ETag = $"\"sha256:{Digest}\"";
    }

    public Sha256Digest Digest { get; }

    /// <summary>Whether the pins' metadata is there to be asked for, in this process.</summary>
    public bool HasMetadata { get; set; }

    public byte[] Content { get; }

    /// <summary>Until when it need not be doubted.</summary>
    public DateTimeOffset FreshUntil { get; }

    public string ContentLocation { get; }

    public string ETag { get; }
}
