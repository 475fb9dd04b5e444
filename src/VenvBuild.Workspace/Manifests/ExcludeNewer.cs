using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Which files are too new to be taken: those published after an instant, or within a span before the run.</summary>
public sealed class ExcludeNewer
{
    /// <summary>How the line among a lock's requests begins.</summary>
    internal const string RequestKey = "exclude-newer: ";

    private readonly DateTimeOffset? _instant;
    private readonly TimeSpan _span;
    private readonly string _text;

    private ExcludeNewer(DateTimeOffset? instant, TimeSpan span, string text)
    {
        _instant = instant;
        _span = span;
        _text = text;
    }

    /// <summary>Whether it is a span, so that what is taken depends on the day.</summary>
    public bool IsSpan => _instant is null;

    /// <summary>A file published at this instant or later is not taken, in a run at <paramref name="now"/>.</summary>
    public DateTimeOffset Cutoff(DateTimeOffset now) => _instant ?? now.ToUniversalTime() - _span;

    /// <summary>The instant from which on files are not taken, by what a lock says that it was asked; null where it says nothing of it.</summary>
    public static DateTimeOffset? CutoffOf(LockDocument document, DateTimeOffset now) =>
        document.Provenance?.Requests.FirstOrDefault(line => line.StartsWith(RequestKey, StringComparison.Ordinal)) is { } line ? Read(line[RequestKey.Length..])?.Cutoff(now) : null;

    /// <summary>
    /// Reads a date (the whole day counts, in UTC), a date and time with its offset (RFC 3339), or a span: a number of hours, days or weeks.
    /// </summary>
    internal static ExcludeNewer? Read(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            // Of the last day that the calendar has, there is no next one.
            return date == DateOnly.MaxValue ? null : new(new(date.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), default, text);
        }

        if (HasOffset(text)
            && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
        {
            return new(instant.ToUniversalTime(), default, instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        }

        return ManifestSpan.TryRead(text, out var span, out var normal) ? new(null, span, normal) : null;
    }

    /// <summary>The normal form: the date, the instant in UTC, or the span in its unit.</summary>
    public override string ToString() => _text;

    private static string[] Formats { get; } =
    [
        "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
        "yyyy-MM-dd HH:mm:sszzz", "yyyy-MM-dd HH:mm:ss'Z'",
    ];

    private static bool HasOffset(string text) => text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > "yyyy-MM-dd".Length;
}
