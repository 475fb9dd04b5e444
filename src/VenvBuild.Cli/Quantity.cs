using System.Buffers;
using System.Globalization;

namespace VenvBuild.Cli;

/// <summary>Sizes and spans of time as people write them: a number with a unit, or without one.</summary>
internal static class Quantity
{
    private const int MaxDays = 36500;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Reads a size in bytes: <c>1048576</c>, <c>500M</c>, <c>1.5GiB</c>. Units are binary.</summary>
    public static bool TryParseSize(string text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, out var number, out var unit))
            return false;
        var shift = unit switch
        {
            "" or "b" => 0,
            "k" or "kb" or "kib" => 10,
            "m" or "mb" or "mib" => 20,
            "g" or "gb" or "gib" => 30,
            "t" or "tb" or "tib" => 40,
            _ => -1,
        };
        if (shift < 0 || number * (1L << shift) > long.MaxValue)
            return false;
        bytes = (long)(number * (1L << shift));
        return true;
    }

    /// <summary>Reads a span of time: <c>90</c> (days), <c>12h</c>, <c>30d</c>, <c>8 weeks</c>.</summary>
    public static bool TryParseSpan(string text, out TimeSpan span)
    {
        span = default;
        if (!TrySplit(text, out var number, out var unit))
            return false;
        var days = unit switch
        {
            "" or "d" or "day" or "days" => 1m,
            "h" or "hour" or "hours" => 1 / 24m,
            "w" or "week" or "weeks" => 7m,
            _ => -1m,
        };
        if (days < 0 || number * days > MaxDays)
            return false;
        span = TimeSpan.FromHours((double)(number * days * 24));
        return true;
    }

    private static bool TrySplit(string text, out decimal number, out string unit)
    {
        var end = text.AsSpan().IndexOfAnyExcept(Digits);
        var digits = end < 0 ? text : text[..end];
        unit = end < 0 ? "" : text[end..].Trim().ToLowerInvariant();
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && number < 1_000_000_000_000_000_000m;
    }
}
