using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A wheel's RECORD: CSV rows of path, digest and size (binary distribution format, "The .dist-info directory").</summary>
internal static class RecordFile
{
    /// <summary>The rows by path.</summary>
    public static Dictionary<string, RecordRow> Read(byte[] bytes, string wheel, string entry)
    {
        var rows = new Dictionary<string, RecordRow>(StringComparer.Ordinal);
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Unreadable(wheel, entry, "it is not UTF-8");
        }

        var fields = new List<string>(3);
        var rest = text.AsSpan().TrimStart('\uFEFF');
        while (ReadRow(ref rest, fields, out var isWhole))
        {
            if (!isWhole)
                throw Unreadable(wheel, entry, "a quoted field does not end");
            if (fields is [""])
                continue;
            if (fields.Count != 3)
                throw Unreadable(wheel, entry, $"a row has {fields.Count} fields where three belong");
            if (!rows.TryAdd(fields[0], ReadPromise(fields, wheel, entry)))
                throw Unreadable(wheel, entry, $"it lists '{fields[0]}' twice");
        }

        return rows;
    }

    private static RecordRow ReadPromise(List<string> fields, string wheel, string entry)
    {
        var (path, digest, size) = (fields[0], fields[1], fields[2]);
        long? bytes = null;
        if (size.Length > 0)
        {
            if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw Unreadable(wheel, entry, $"the size of '{path}' is no number");
            bytes = number;
        }

        if (digest.Length == 0)
            return new(default, [], bytes);
        var equals = digest.IndexOf('=', StringComparison.Ordinal);
        var algorithm = (equals < 0 ? digest : digest[..equals]) switch
        {
            "sha256" => HashAlgorithmName.SHA256,
            "sha384" => HashAlgorithmName.SHA384,
            "sha512" => HashAlgorithmName.SHA512,
            var other => throw Unreadable(wheel, entry, $"the digest of '{path}' is a '{other}' one; sha256, sha384 and sha512 are allowed"),
        };
        var length = algorithm == HashAlgorithmName.SHA256 ? 32 : algorithm == HashAlgorithmName.SHA384 ? 48 : 64;
        Span<byte> raw = stackalloc byte[64];
        var encoded = digest.AsSpan(equals + 1).TrimEnd('=');
        return Base64Url.TryDecodeFromChars(encoded, raw, out var written) && written == length
            ? new(algorithm, raw[..length].ToArray(), bytes)
            : throw Unreadable(wheel, entry, $"the digest of '{path}' is not urlsafe base64 of the right length");
    }

    private static bool ReadRow(ref ReadOnlySpan<char> rest, List<string> fields, out bool isWhole)
    {
        fields.Clear();
        isWhole = true;
        if (rest.IsEmpty)
            return false;
        while (true)
        {
            isWhole = ReadField(ref rest, fields);
            if (!isWhole || rest.IsEmpty)
                return true;
            var separator = rest[0];
            rest = rest[1..];
            if (separator == ',')
                continue;
            if (separator == '\r' && rest is ['\n', ..])
                rest = rest[1..];
            return true;
        }
    }

    private static bool ReadField(ref ReadOnlySpan<char> rest, List<string> fields)
    {
        if (rest is not ['"', ..])
        {
            var end = rest.IndexOfAny(',', '\r', '\n');
            fields.Add((end < 0 ? rest : rest[..end]).ToString());
            rest = end < 0 ? [] : rest[end..];
            return true;
        }

        var field = new StringBuilder();
        rest = rest[1..];
        while (true)
        {
            var quote = rest.IndexOf('"');
            if (quote < 0)
                return false;
            field.Append(rest[..quote]);
            rest = rest[(quote + 1)..];
            if (rest is not ['"', ..])
                break;
            field.Append('"');
            rest = rest[1..];
        }

        fields.Add(field.ToString());
        return rest.IsEmpty || rest[0] is ',' or '\r' or '\n';
    }

    /// <summary>Appends one row of a RECORD that this tool writes.</summary>
    public static void AppendRow(StringBuilder text, string path, Sha256Digest sha256, long size)
    {
        AppendPath(text, path);
        Span<byte> digest = stackalloc byte[Sha256Digest.Size];
        Span<char> encoded = stackalloc char[43];
        sha256.CopyTo(digest);
        Base64Url.EncodeToChars(digest, encoded);
        text.Append(",sha256=").Append(encoded).Append(',').Append(size).Append('\n');
    }

    /// <summary>Appends a row without a promise: RECORD's own, or that of a file that may be made again.</summary>
    public static void AppendRow(StringBuilder text, string path)
    {
        AppendPath(text, path);
        text.Append(",,\n");
    }

    private static void AppendPath(StringBuilder text, string path)
    {
        if (path.AsSpan().IndexOfAny(',', '"') < 0)
            text.Append(path);
        else
            text.Append('"').Append(path.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    private static DiagnosticException Unreadable(string wheel, string entry, string why) =>
        WheelRefusal.Of(EnvironmentCodes.RecordUnreadable, wheel, entry, why);
}
