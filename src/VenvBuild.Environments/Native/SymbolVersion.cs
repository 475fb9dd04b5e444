using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A version of symbols that a module asks of a library (GNU symbol versioning), such as <c>GLIBC_2.34</c> of <c>libc.so.6</c>.</summary>
/// <param name="Library">The library.</param>
/// <param name="Name">The version's name.</param>
internal readonly record struct SymbolVersion(string Library, string Name)
{
    private const string GlibcPrefix = "GLIBC_";

    /// <summary>The glibc that has it; null where it is no version of glibc.</summary>
    public PlatformFloor? Glibc =>
        // Relative relocations are a feature that glibc 2.36 brought and that is asked for like a version.
        Name == "GLIBC_ABI_DT_RELR" ? new PlatformFloor(2, 36)
        : Name.StartsWith(GlibcPrefix, StringComparison.Ordinal) && TryParseNumber(Name.AsSpan(GlibcPrefix.Length), out var number) ? new PlatformFloor(number[0], number.Length > 1 ? number[1] : 0)
        : null;

    /// <summary>Of versions that a library has with all that came before them, the newest; versions of other kinds stay.</summary>
    public static IReadOnlyList<SymbolVersion> Newest(IEnumerable<SymbolVersion> versions)
    {
        var newest = new Dictionary<(string Library, string Series), (SymbolVersion Version, int[] Number)>();
        foreach (var version in versions)
        {
            var end = version.Name.LastIndexOf('_');
            if (end < 0 || !TryParseNumber(version.Name.AsSpan(end + 1), out var number))
                newest[(version.Library, version.Name)] = (version, []);
            else if (!newest.TryGetValue((version.Library, version.Name[..end]), out var known) || number.AsSpan().SequenceCompareTo(known.Number) > 0)
                newest[(version.Library, version.Name[..end])] = (version, number);
        }

        return [.. newest.Values.Select(value => value.Version).OrderBy(version => version.Library, StringComparer.Ordinal).ThenBy(version => version.Name, StringComparer.Ordinal)];
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out int[] number)
    {
        var parts = new List<int>();
        foreach (var range in text.Split('.'))
        {
            if (parts.Count > 3 || !int.TryParse(text[range], NumberStyles.None, CultureInfo.InvariantCulture, out var part))
            {
                number = [];
                return false;
            }

            parts.Add(part);
        }

        number = [.. parts];
        return true;
    }
}
