using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Cli;

/// <summary>
/// The one document of <c>--json</c>: <c>{"verb", "version", "exitCode", "diagnostics": [{"code", "severity", "message", "remedy"?, "detail"?,
/// "file"?, "line"?, "column"?}], "result"}</c>. Members are added over time, never renamed or removed; <c>result</c> is each verb's own.
/// </summary>
internal static class JsonReport
{
    // The document is read by programs, never put into a page of HTML: letters stay letters.
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public static string Write(string verb, int exitCode, IReadOnlyList<Diagnostic> diagnostics, Action<Utf8JsonWriter>? result)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("verb", verb);
            json.WriteString("version", ToolVersion.Current);
            json.WriteNumber("exitCode", exitCode);
            json.WriteStartArray("diagnostics");
            foreach (var diagnostic in diagnostics)
                Write(json, diagnostic);
            json.WriteEndArray();
            json.WritePropertyName("result");
            if (result is null)
                json.WriteNullValue();
            else
                result(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, Diagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("code", diagnostic.Code);
        json.WriteString("severity", diagnostic.Severity switch
        {
            DiagnosticSeverity.Error => "error",
            DiagnosticSeverity.Warning => "warning",
            _ => "verbose",
        });
        json.WriteString("message", diagnostic.Message);
        if (diagnostic.Remedy is { } remedy)
            json.WriteString("remedy", remedy);
        if (diagnostic.Detail is { } detail)
            json.WriteString("detail", detail);
        if (diagnostic.Location is { } place)
        {
            json.WriteString("file", place.File);
            if (place.Line > 0)
                json.WriteNumber("line", place.Line);
            if (place.Column > 0)
                json.WriteNumber("column", place.Column);
        }

        json.WriteEndObject();
    }
}
