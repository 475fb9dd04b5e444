using System.Buffers;
using System.Globalization;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>A TOML text in the making, in the one form that locks are written in.</summary>
internal sealed class TomlText
{
    private static readonly SearchValues<char> NeedsEscape = SearchValues.Create(
        "\"\\\u007f" + string.Concat(Enumerable.Range(0, 0x20).Select(code => (char)code)));

    private static readonly SearchValues<char> BareKey =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private readonly StringBuilder _text = new();

    public void Header(string name, bool isArray = false) => _text.Append(isArray ? "\n[[" : "\n[").Append(name).Append(isArray ? "]]\n" : "]\n");

    public void Key(string key, string value) => AppendQuoted(_text.Append(KeyText(key)).Append(" = "), value).Append('\n');

    public void Raw(string key, string value) => _text.Append(KeyText(key)).Append(" = ").Append(value).Append('\n');

    /// <summary>An array on one line.</summary>
    public void Line(string key, IEnumerable<string> items) => Raw(key, $"[{string.Join(", ", items)}]");

    /// <summary>An array with an item a line; a single item may share the key's line.</summary>
    public void Lines(string key, IEnumerable<string> items, bool oneALine = false)
    {
        var all = items.ToList();
        if (all.Count == 0 || (all.Count == 1 && !oneALine))
        {
            Line(key, all);
            return;
        }

        _text.Append(KeyText(key)).Append(" = [\n");
        foreach (var item in all)
            _text.Append("    ").Append(item).Append(",\n");
        _text.Append("]\n");
    }

    public override string ToString() => _text.ToString();

    public static string KeyText(string key) => key.Length > 0 && !key.AsSpan().ContainsAnyExcept(BareKey) ? key : Quote(key);

    public static string Quote(string text) =>
        text.AsSpan().ContainsAny(NeedsEscape) ? AppendQuoted(new(text.Length + 8), text).ToString() : $"\"{text}\"";

    public static StringBuilder AppendQuoted(StringBuilder quoted, string text)
    {
        quoted.Append('"');
        if (!text.AsSpan().ContainsAny(NeedsEscape))
            return quoted.Append(text).Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"' or '\\':
                    quoted.Append('\\').Append(c);
                    break;
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                case < ' ' or '\u007f':
                    quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    quoted.Append(c);
                    break;
            }
        }

        return quoted.Append('"');
    }

    public static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time in UTC, with as much of a fraction as it has.</summary>
    public static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static string Inline(LockValue value) => value.Kind switch
    {
        LockValueKind.String => Quote(value.Text),
        LockValueKind.Array => $"[{string.Join(", ", value.Items.Select(Inline))}]",
        LockValueKind.Table => new TomlInline().AddAll(value).Close(),
        _ => value.Text,
    };
}
