namespace VenvBuild.Server;

/// <summary>Which lock answered a question, and until when that need not be doubted.</summary>
internal sealed class LockAnswer
{
    public required string Key { get; init; }

    public required string LockDigest { get; set; }

    public required long FreshUntil { get; set; }
}
