namespace VenvBuild.Environments;

/// <summary>
/// Which paths a wheel may bring: relative, forward slashes, and such that every system can hold them. A layer serves Windows
/// and macOS as well, so the rules are the union of all systems' rules.
/// </summary>
internal static class EntryName
{
    /// <summary>Why the path may not be, or null when it may. A trailing slash marks a folder.</summary>
    public static string? Objection(ReadOnlySpan<char> path, int maxDepth)
    {
        if (path.EndsWith('/'))
            path = path[..^1];
        if (path.IsEmpty)
            return "the name is empty";
        if (path[0] == '/')
            return "the path is absolute";
        var depth = 0;
        foreach (var range in path.Split('/'))
        {
            if (PartObjection(path[range]) is { } objection)
                return objection;
            depth++;
        }

        return depth - 1 > maxDepth ? "the path is too deep" : null;
    }

    /// <summary>Why one part of a path may not be, or null when it may.</summary>
    public static string? PartObjection(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty)
            return "the path has an empty part";
        if (part is "." or "..")
            return "the path climbs with '.' or '..'";
        if (part.Length > 255)
            return "a part of the path is longer than 255 characters";
        foreach (var c in part)
        {
            if (char.IsControl(c))
                return "the name has a control character";
            if (c == '\\')
                return "the path has a backslash, which is a separator on Windows";
            if (c == ':')
                return "the path has a colon, which names a drive or a stream on Windows";
            if (c is '<' or '>' or '"' or '|' or '?' or '*')
                return $"the name has '{c}', which Windows does not allow";
            if (IsInvisible(c))
                return "the name has an invisible or direction-changing character";
        }

        if (part[^1] is '.' or ' ')
            return "a part of the path ends with a dot or a space, which Windows drops";
        return IsReserved(part) ? "the name is reserved for a device on Windows" : null;
    }

    private static bool IsInvisible(char c) => c is (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFEFF';

    private static bool IsReserved(ReadOnlySpan<char> part)
    {
        var dot = part.IndexOf('.');
        var stem = (dot < 0 ? part : part[..dot]).TrimEnd(' ');
        if (stem.Length == 3)
        {
            return stem.Equals("con", StringComparison.OrdinalIgnoreCase) || stem.Equals("prn", StringComparison.OrdinalIgnoreCase)
                || stem.Equals("aux", StringComparison.OrdinalIgnoreCase) || stem.Equals("nul", StringComparison.OrdinalIgnoreCase);
        }

        if (stem.Length == 4 && (char.IsAsciiDigit(stem[3]) || stem[3] is '\u00B9' or '\u00B2' or '\u00B3') && stem[3] != '0')
            return stem[..3].Equals("com", StringComparison.OrdinalIgnoreCase) || stem[..3].Equals("lpt", StringComparison.OrdinalIgnoreCase);
        return stem.Equals("conin$", StringComparison.OrdinalIgnoreCase) || stem.Equals("conout$", StringComparison.OrdinalIgnoreCase);
    }
}
