namespace VenvBuild.Packaging;

/// <summary>
/// What the file names of one page share: the project's name and its versions occur again and again, and each is read and kept once.
/// </summary>
internal sealed class FileNameCache
{
    private readonly Dictionary<string, PackageVersion> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PackageVersion>.AlternateLookup<ReadOnlySpan<char>> _versionsBySpan;
    private string _nameText = "";
    private PackageName _name;

    public FileNameCache() => _versionsBySpan = _versions.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryName(ReadOnlySpan<char> text, out PackageName name)
    {
        if (_nameText.Length > 0 && text.SequenceEqual(_nameText))
        {
            name = _name;
            return true;
        }

        if (!PackageName.TryParseUnicode(text, out name))
            return false;
        if (name == _name)
            name = _name;
        (_nameText, _name) = (text.ToString(), name);
        return true;
    }

    public PackageVersion? Version(ReadOnlySpan<char> text)
    {
        if (_versionsBySpan.TryGetValue(text, out var version))
            return version;
        // A version may stand in white space; in a file name it may not.
        if (text.IsEmpty || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]) || !PackageVersion.TryParse(text, out version))
            return null;
        var key = version.ToString();
        _versions[text.SequenceEqual(key) ? key : text.ToString()] = version;
        return version;
    }
}
