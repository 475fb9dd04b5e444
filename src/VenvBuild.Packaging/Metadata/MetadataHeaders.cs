namespace VenvBuild.Packaging;

/// <summary>
/// Walks over <c>Name: value</c> lines as mail has them (RFC 822): a line that begins with white space continues the one before, and the
/// first empty line ends them.
/// </summary>
internal ref struct MetadataHeaders(ReadOnlySpan<byte> utf8)
{
    private static ReadOnlySpan<byte> Blank => " \t"u8;

    private ReadOnlySpan<byte> _rest = utf8;

    /// <summary>The name, in the case written.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The value without white space around it; of a folded one, line breaks and all.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the headers ended without an empty line: the line that is no header.</summary>
    public ReadOnlySpan<byte> Stray { get; private set; }

    public bool Read()
    {
        if (_rest.IsEmpty || _rest[0] is (byte)'\n' or (byte)'\r')
            return false;
        var line = Line(_rest);
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0)
        {
            Stray = line;
            return false;
        }

        var length = line.Length;
        while (length < _rest.Length && Blank.Contains(_rest[length]))
            length += Line(_rest[length..]).Length;
        Name = line[..colon];
        Value = _rest[(colon + 1)..length].Trim(" \t\r\n"u8);
        _rest = _rest[length..];
        return true;
    }

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        return end < 0 ? text : text[..(end + 1)];
    }
}
