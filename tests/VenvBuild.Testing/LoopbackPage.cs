using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace VenvBuild.Testing;

/// <summary>Writes the pages of <see cref="LoopbackIndex"/> (PEP 503, PEP 691).</summary>
internal static class LoopbackPage
{
    public static string Json(string project, IReadOnlyList<LoopbackFile> files, (string Status, string? Reason) status)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("meta");
            json.WriteString("api-version", "1.4");
            json.WriteEndObject();
            json.WriteString("name", project);
            if (status.Status is not null)
            {
                json.WriteStartObject("project-status");
                json.WriteString("status", status.Status);
                if (status.Reason is not null)
                    json.WriteString("reason", status.Reason);
                json.WriteEndObject();
            }

            json.WriteStartArray("files");
            foreach (var file in files)
                WriteFile(json, file);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    public static string Html(string project, IReadOnlyList<LoopbackFile> files, (string Status, string? Reason) status)
    {
        var html = new StringBuilder("<!DOCTYPE html><html><head><meta name=\"pypi:repository-version\" content=\"1.4\">");
        if (status.Status is not null)
            html.Append($"<meta name=\"pypi:project-status\" content=\"{status.Status}\"><meta name=\"pypi:project-status-reason\" content=\"{status.Reason}\">");
        html.Append($"<title>Links for {project}</title></head><body>");
        foreach (var file in files)
        {
            html.Append($"<a href=\"../..{file.Path}");
            if (file.Sha256 is not null)
                html.Append($"#sha256={file.Sha256}");
            html.Append('"');
            if (file.RequiresPython is not null)
                html.Append($" data-requires-python=\"{WebUtility.HtmlEncode(file.RequiresPython)}\"");
            if (file.Yanked is not null)
                html.Append($" data-yanked=\"{WebUtility.HtmlEncode(file.Yanked)}\"");
            if (MetadataDigest(file) is { } digest)
                html.Append($" data-core-metadata=\"sha256={digest}\"");
            if (file.Provenance is not null)
                html.Append($" data-provenance=\"../..{file.Path}.provenance\"");
            html.Append($">{file.FileName}</a><br>");
        }

        return html.Append("</body></html>").ToString();
    }

    private static void WriteFile(Utf8JsonWriter json, LoopbackFile file)
    {
        json.WriteStartObject();
        json.WriteString("filename", file.FileName);
        json.WriteString("url", "../.." + file.Path);
        json.WriteStartObject("hashes");
        if (file.Sha256 is not null)
            json.WriteString("sha256", file.Sha256);
        json.WriteEndObject();
        if (file.RequiresPython is not null)
            json.WriteString("requires-python", file.RequiresPython);
        if (file.Yanked is not null)
            json.WriteString("yanked", file.Yanked);
        if (file.StatesSize)
            json.WriteNumber("size", file.Content.Length);
        if (file.UploadTime is not null)
            json.WriteString("upload-time", file.UploadTime);
        if (file.Provenance is not null)
            json.WriteString("provenance", $"../..{file.Path}.provenance");
        if (MetadataDigest(file) is { } digest)
        {
            json.WriteStartObject("core-metadata");
            json.WriteString("sha256", digest);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string? MetadataDigest(LoopbackFile file) =>
        file.MetadataSha256 ?? (file.Metadata is null ? null : Convert.ToHexStringLower(SHA256.HashData(file.Metadata)));
}
