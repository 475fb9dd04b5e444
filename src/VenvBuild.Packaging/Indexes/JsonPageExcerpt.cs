using System.Buffers;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>
/// Leaves out of a project's page (PEP 691) the files of releases that nobody asks for, without reading what they say: a page lists a
/// thousand files, and of a pin a few are wanted. Whatever is odd about a file stays in, so that the reader proper decides.
/// </summary>
internal ref struct JsonPageExcerpt
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    private readonly ReadOnlySpan<byte> _page;
    private readonly PackageName _project;
    private readonly IReadOnlySet<PackageVersion> _versions;
    private readonly IBufferWriter<byte> _excerpt;
    private int _at;
    private ReadOnlySpan<byte> _lastHead;
    private bool _isLastWanted;

    private JsonPageExcerpt(ReadOnlySpan<byte> page, PackageName project, IReadOnlySet<PackageVersion> versions, IBufferWriter<byte> excerpt)
    {
        _page = page;
        _project = project;
        _versions = versions;
        _excerpt = excerpt;
    }

    /// <summary>Writes the page without the files of other versions; false where the page is not built as such pages are, and what was written is of no use.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> page, PackageName project, IReadOnlySet<PackageVersion> versions, IBufferWriter<byte> excerpt) =>
        new JsonPageExcerpt(page, project, versions, excerpt).TryWrite();

    private bool TryWrite()
    {
        if (!FindFiles())
            return false;
        _excerpt.Write(_page[.._at]);
        var (isFirst, isAnyWritten) = (true, false);
        for (SkipSpace(); Next != (byte)']'; SkipSpace())
        {
            if (!isFirst)
            {
                if (Next != (byte)',')
                    return false;
                _at++;
                SkipSpace();
            }

            isFirst = false;
            var start = _at;
            if (!SkipFile(out var isWanted))
                return false;
            if (!isWanted)
                continue;
            if (isAnyWritten)
                _excerpt.Write(","u8);
            isAnyWritten = true;
            _excerpt.Write(_page[start.._at]);
        }

        _excerpt.Write(_page[_at..]);
        return true;
    }

    private readonly byte Next => _at < _page.Length ? _page[_at] : (byte)0;

    /// <summary>Goes on to the first file: behind the bracket of the outermost object's <c>files</c>.</summary>
    private bool FindFiles()
    {
        var depth = 0;
        while (NextStructure() is var next and not 0)
        {
            switch (next)
            {
                case (byte)'"':
                    if (!SkipText(out var text))
                        return false;
                    if (depth == 1 && text.SequenceEqual("files"u8) && IsKey())
                    {
                        SkipSpace();
                        return Next == (byte)'[' && ++_at > 0;
                    }

                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }
        }

        return false;
    }

    /// <summary>Goes on behind the file that begins here.</summary>
    private bool SkipFile(out bool isWanted)
    {
        isWanted = false;
        if (Next != (byte)'{')
            return false;
        var name = default(ReadOnlySpan<byte>);
        var (depth, isOdd) = (0, false);
        do
        {
            switch (NextStructure())
            {
                case 0:
                    return false;
                case (byte)'"':
                    if (!SkipText(out var text))
                        return false;
                    if (depth != 1 || !IsKey())
                        break;
                    // A key can be written in more ways than one.
                    isOdd |= text.Contains((byte)'\\');
                    SkipSpace();
                    if (!text.SequenceEqual("filename"u8))
                        break;
                    if (Next != (byte)'"')
                    {
                        isOdd = true;
                        break;
                    }

                    _at++;
                    if (!SkipText(out name))
                        return false;
                    isOdd |= name.Contains((byte)'\\');
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }
        }
        while (depth > 0);
        isWanted = isOdd || IsWanted(name);
        return true;
    }

    private bool IsWanted(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith(".whl"u8))
        {
            if (_lastHead.Length > 0 && name.StartsWith(_lastHead))
                return _isLastWanted;
            var first = name.IndexOf((byte)'-');
            var second = first < 0 ? -1 : name[(first + 1)..].IndexOf((byte)'-');
            if (second < 0)
                return true;
            // What follows the version differs from wheel to wheel of a release, and they stand together.
            _lastHead = name[..(first + second + 2)];
            return _isLastWanted = IsWanted(name[..first], name.Slice(first + 1, second));
        }

        var stem = name.EndsWith(".tar.gz"u8) ? name[..^7] : name.EndsWith(".zip"u8) ? name[..^4] : default;
        var dash = stem.LastIndexOf((byte)'-');
        return dash < 0 || IsWanted(stem[..dash], stem[(dash + 1)..]);
    }

    /// <summary>Only what is surely another release of this project may be left out.</summary>
    private readonly bool IsWanted(ReadOnlySpan<byte> project, ReadOnlySpan<byte> version)
    {
        const int LongestPart = 128;
        if (project.Length > LongestPart || version.Length > LongestPart)
            return true;
        Span<char> text = stackalloc char[LongestPart];
        if (!PackageName.TryParse(text[..Encoding.Latin1.GetChars(project, text)], out var name) || name != _project)
            return true;
        return !PackageVersion.TryParse(text[..Encoding.Latin1.GetChars(version, text)], out var parsed) || _versions.Contains(parsed);
    }

    /// <summary>Goes on behind the next quote, brace or bracket; 0 at the end.</summary>
    private byte NextStructure()
    {
        var found = _page[_at..].IndexOfAny(Structure);
        if (found < 0)
            return 0;
        _at += found + 1;
        return _page[_at - 1];
    }

    /// <summary>Goes on behind the text whose first quote was passed.</summary>
    private bool SkipText(out ReadOnlySpan<byte> text)
    {
        var start = _at;
        while (true)
        {
            var found = _page[_at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
            {
                text = default;
                return false;
            }

            _at += found;
            if (_page[_at] == (byte)'"')
                break;
            // What is escaped is one character, or begins with one: no quote.
            _at = Math.Min(_at + 2, _page.Length);
        }

        text = _page[start.._at++];
        return true;
    }

    /// <summary>Whether a colon follows; goes on behind it.</summary>
    private bool IsKey()
    {
        var before = _at;
        SkipSpace();
        if (Next == (byte)':')
        {
            _at++;
            return true;
        }

        _at = before;
        return false;
    }

    private void SkipSpace()
    {
        while (Next is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            _at++;
    }
}
