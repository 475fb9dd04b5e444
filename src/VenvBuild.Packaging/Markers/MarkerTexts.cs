using System.Collections.Concurrent;

namespace VenvBuild.Packaging;

/// <summary>
/// Markers by their texts: the same few hundred stand behind the requirements of thousands of releases. Bounded, and emptied when full:
/// what is in use is soon there again.
/// </summary>
internal static class MarkerTexts
{
    private const int MaxCount = 4096;
    private const int MaxKeptLength = 512;

    private static readonly ConcurrentDictionary<string, Marker> Known = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Marker>.AlternateLookup<ReadOnlySpan<char>> KnownSpans =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    // The dictionary's own count takes all its locks.
    private static int _count;

    /// <summary>Reads a marker that takes up the rest of a text; null when a mistake was noted.</summary>
    public static Marker? Read(ref SpecifierText text)
    {
        text.SkipSpace();
        var rest = text.Text[text.At..];
        if (rest.Length <= MaxKeptLength && KnownSpans.TryGetValue(rest, out var known))
        {
            text.At = text.Text.Length;
            return known;
        }

        if (rest.Length > Marker.MaxLength)
        {
            text.Fail($"The marker is longer than {Marker.MaxLength} characters.", text.At);
            return null;
        }

        if (MarkerReader.Read(ref text) is not { } expression)
            return null;
        if (!text.IsAtEnd)
        {
            text.FailHere("'and', 'or' or the end of the marker");
            return null;
        }

        var marker = new Marker(expression);
        if (rest.Length <= MaxKeptLength && KnownSpans.TryAdd(rest, marker) && Interlocked.Increment(ref _count) > MaxCount)
        {
            Known.Clear();
            Interlocked.Exchange(ref _count, 0);
        }

        return marker;
    }
}
