namespace VenvBuild.Index;

/// <summary>A GET request: for what, on whose behalf, and under which conditions.</summary>
internal sealed record FetchRequest(Uri Url, string What, Asker Asker)
{
    /// <summary>The media types that will do, or null for any.</summary>
    public string? Accept { get; init; }

    /// <summary>Whether the answer may be compressed on its way.</summary>
    public bool AllowCompression { get; init; } = true;

    public string? IfNoneMatch { get; init; }

    public string? IfModifiedSince { get; init; }

    /// <summary>The first byte wanted; with <see cref="To"/> null, all from there. Negative: that many last bytes.</summary>
    public long? From { get; init; }

    public long? To { get; init; }

    /// <summary>The entity tag that the part must belong to; the whole is sent when it has changed.</summary>
    public string? IfRange { get; init; }
}
