using System.Text;

namespace VenvBuild.Testing;

/// <summary>An answer of <see cref="LoopbackIndex"/>, proper or with a fault.</summary>
public sealed record LoopbackAnswer(int Status, string? ContentType, byte[] Body)
{
    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Closes the connection after this many bytes of the body, whatever length was promised; 0 sends not even a head.</summary>
    public int? CloseAfter { get; init; }

    /// <summary>Sends half of the body and then nothing more, for ever.</summary>
    public bool Stalls { get; init; }

    /// <summary>Sends the body again and again without an end, with no length promised.</summary>
    public bool IsEndless { get; init; }

    /// <summary>An answer without a body worth reading.</summary>
    public static LoopbackAnswer OfStatus(int status, params (string Name, string Value)[] headers) =>
        new(status, "text/plain", "as ordered"u8.ToArray()) { Headers = headers.ToDictionary(header => header.Name, header => header.Value) };

    /// <summary>A redirect.</summary>
    public static LoopbackAnswer Redirect(string location, int status = 302) => OfStatus(status, ("Location", location));

    /// <summary>A page that is no index's.</summary>
    public static LoopbackAnswer LoginPage { get; } = Html("<!DOCTYPE html><html><head><title>Sign in</title></head><body><a href=\"/help\">Help</a></body></html>");

    /// <summary>An HTML page.</summary>
    public static LoopbackAnswer Html(string text) => new(200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(text));
}
