using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>A lock as it is answered, with the headers that speak of it made once.</summary>
internal sealed class LockAnswerBytes
{
    public LockAnswerBytes(byte[] content, DateTimeOffset freshUntil)
    {
        Content = content;
        FreshUntil = freshUntil;
        var digest = Sha256Digest.Of(content);
        ContentLocation = $"/v1/locks/sha256:{digest}";
        ETag = $"\"sha256:{digest}\"";
    }

    public byte[] Content { get; }

    /// <summary>Until when it need not be doubted.</summary>
    public DateTimeOffset FreshUntil { get; }

    public string ContentLocation { get; }

    public string ETag { get; }
}
