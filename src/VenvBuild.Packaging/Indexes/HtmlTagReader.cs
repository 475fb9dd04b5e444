using System.Buffers;
using System.Net;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>
/// Walks over the start tags of HTML and their attributes, as far as links need it: text is passed over, and so are comments and the
/// content of elements that hold no markup. One pass, whatever the input.
/// </summary>
internal ref struct HtmlTagReader(ReadOnlySpan<byte> html)
{
    private static readonly SearchValues<byte> NameEnd = SearchValues.Create(" \t\r\n\f/>"u8);
    private static readonly SearchValues<byte> AttributeNameEnd = SearchValues.Create(" \t\r\n\f/>="u8);
    private static readonly SearchValues<byte> UnquotedEnd = SearchValues.Create(" \t\r\n\f>"u8);

    private readonly ReadOnlySpan<byte> _html = html;
    private int _at;
    private bool _inTag;

    /// <summary>The name of the tag, as written.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    public readonly int Position => _at;

    public readonly bool IsNamed(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);

    /// <summary>Moves to the next start tag.</summary>
    public bool ReadTag()
    {
        while (_inTag)
            ReadAttribute(out _, out _);
        if (IsNamed("script"u8) || IsNamed("style"u8) || IsNamed("title"u8) || IsNamed("textarea"u8))
            SkipContent();
        while (true)
        {
            var open = _html[_at..].IndexOf((byte)'<');
            if (open < 0 || _at + open + 1 >= _html.Length)
            {
                _at = _html.Length;
                return false;
            }

            _at += open + 1;
            var rest = _html[_at..];
            if (rest.StartsWith("!--"u8))
            {
                SkipPast(3, "-->"u8);
            }
            else if (rest[0] is (byte)'!' or (byte)'?' or (byte)'/')
            {
                SkipPast(1, ">"u8);
            }
            else if (char.IsAsciiLetter((char)rest[0]))
            {
                var length = rest.IndexOfAny(NameEnd);
                Name = length < 0 ? rest : rest[..length];
                _at += Name.Length;
                _inTag = true;
                return true;
            }
        }
    }

    /// <summary>Moves to the next attribute of the tag; the value is decoded and empty where there is none.</summary>
    public bool ReadAttribute(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (!_inTag)
            return false;
        while (_at < _html.Length && (IsSpace(_html[_at]) || _html[_at] == '/'))
            _at++;
        if (_at >= _html.Length || _html[_at] == '>')
        {
            _at = Math.Min(_at + 1, _html.Length);
            _inTag = false;
            return false;
        }

        // A name may begin with an equals sign, and nothing else may.
        var rest = _html[(_at + 1)..];
        var length = rest.IndexOfAny(AttributeNameEnd);
        length = length < 0 ? rest.Length + 1 : length + 1;
        name = _html.Slice(_at, length);
        _at += length;
        SkipSpace();
        if (_at >= _html.Length || _html[_at] != '=')
            return true;
        _at++;
        SkipSpace();
        if (_at < _html.Length)
            value = Decode(ReadValue());
        return true;
    }

    private ReadOnlySpan<byte> ReadValue()
    {
        var quote = _html[_at];
        var isQuoted = quote is (byte)'"' or (byte)'\'';
        if (isQuoted)
            _at++;
        var rest = _html[_at..];
        var length = isQuoted ? rest.IndexOf(quote) : rest.IndexOfAny(UnquotedEnd);
        var value = length < 0 ? rest : rest[..length];
        _at = Math.Min(_html.Length, _at + value.Length + (isQuoted ? 1 : 0));
        return value;
    }

    private static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> value) =>
        value.Contains((byte)'&') ? Encoding.UTF8.GetBytes(WebUtility.HtmlDecode(Encoding.UTF8.GetString(value))) : value;

    private void SkipContent()
    {
        // Sought once: an element that never closes takes the rest of the page with it.
        var rest = _html[_at..];
        for (var from = 0; ;)
        {
            var close = rest[from..].IndexOf("</"u8);
            if (close < 0)
            {
                _at = _html.Length;
                return;
            }

            from += close + 2;
            if (rest.Length - from >= Name.Length && Ascii.EqualsIgnoreCase(rest.Slice(from, Name.Length), Name))
            {
                _at += from;
                return;
            }
        }
    }

    private void SkipPast(int offset, ReadOnlySpan<byte> end)
    {
        var rest = _html[Math.Min(_at + offset, _html.Length)..];
        var length = rest.IndexOf(end);
        _at = length < 0 ? _html.Length : _at + offset + length + end.Length;
    }

    private void SkipSpace()
    {
        while (_at < _html.Length && IsSpace(_html[_at]))
            _at++;
    }

    private static bool IsSpace(byte c) => c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\f';
}
