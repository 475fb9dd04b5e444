using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>
/// The tags of a wheel in compressed form, such as <c>py2.py3-none-any</c> (PEP 425). Few sets occur in many file names, so equal texts
/// share one object, which has a number by which a target remembers its rank.
/// </summary>
public sealed class WheelTagSet : IEquatable<WheelTagSet>
{
    /// <summary>The most tags that one set may stand for; published wheels stay below a tenth of it.</summary>
    public const int MaxTags = 4096;

    // A set beyond these is read anew each time, so that hostile names cannot fill the memory of a server.
    private const int MaxShared = 1 << 14;

    private static readonly ConcurrentDictionary<string, WheelTagSet> Shared = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, WheelTagSet>.AlternateLookup<ReadOnlySpan<char>> SharedBySpan =
        Shared.GetAlternateLookup<ReadOnlySpan<char>>();

    private static int lastIndex = -1;

    private readonly string _text;
    private readonly string[] _pythons, _abis, _platforms;

    private WheelTagSet(string text, string[] pythons, string[] abis, string[] platforms)
    {
        _text = text;
        _pythons = pythons;
        _abis = abis;
        _platforms = platforms;
    }

    /// <summary>The interpreters, in the order written.</summary>
    public IReadOnlyList<string> Pythons => _pythons;

    /// <summary>The binary interfaces, in the order written.</summary>
    public IReadOnlyList<string> Abis => _abis;

    /// <summary>The platforms, in the order written.</summary>
    public IReadOnlyList<string> Platforms => _platforms;

    /// <summary>How many tags the set stands for.</summary>
    public int Count => _pythons.Length * _abis.Length * _platforms.Length;

    /// <summary>A small number that only this text has, or -1 when there are too many texts.</summary>
    internal int Index { get; private set; } = -1;

    /// <summary>Reads a set.</summary>
    /// <exception cref="PackagingFormatException">The text is no set of tags.</exception>
    public static WheelTagSet Parse(string text) =>
        TryParse(text, out var set) ? set : throw new PackagingFormatException($"'{text}' is no set of wheel tags (PEP 425).", text, 0);

    /// <summary>Reads a set.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out WheelTagSet? set)
    {
        if (SharedBySpan.TryGetValue(text, out set))
            return true;
        var lower = text.ToString().ToLowerInvariant();
        if (Shared.TryGetValue(lower, out set))
            return true;
        set = Read(lower);
        if (set is null)
            return false;
        if (Volatile.Read(ref lastIndex) >= MaxShared)
            return true;
        var first = Shared.GetOrAdd(lower, set);
        if (ReferenceEquals(first, set))
            set.Index = Interlocked.Increment(ref lastIndex);
        set = first;
        return true;
    }

    /// <summary>Each tag of the set, <see cref="Count"/> of them.</summary>
    public IEnumerable<WheelTag> Expand()
    {
        foreach (var python in _pythons)
        {
            foreach (var abi in _abis)
            {
                foreach (var platform in _platforms)
                    yield return new(python, abi, platform);
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] WheelTagSet? other) =>
        ReferenceEquals(this, other) || other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WheelTagSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The set as written, lower case.</summary>
    public override string ToString() => _text;

    private static WheelTagSet? Read(string text)
    {
        var first = text.IndexOf('-', StringComparison.Ordinal);
        var second = first < 0 ? -1 : text.IndexOf('-', first + 1);
        if (second < 0
            || Names(text.AsSpan(0, first)) is not { } pythons
            || Names(text.AsSpan(first + 1, second - first - 1)) is not { } abis
            || Names(text.AsSpan(second + 1)) is not { } platforms
            || Array.Exists(pythons, python => char.IsAsciiDigit(python[0]))
            || (long)pythons.Length * abis.Length * platforms.Length > MaxTags)
        {
            return null;
        }

        return new(text, pythons, abis, platforms);
    }

    private static string[]? Names(ReadOnlySpan<char> text)
    {
        var count = text.Count('.') + 1;
        if (count > MaxTags)
            return null;
        var names = new string[count];
        var at = 0;
        foreach (var range in text.Split('.'))
        {
            var name = text[range];
            if (name.IsEmpty || name.ContainsAnyExcept(NameCharacters))
                return null;
            names[at++] = name.ToString();
        }

        return names;
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("0123456789_abcdefghijklmnopqrstuvwxyz");
}
