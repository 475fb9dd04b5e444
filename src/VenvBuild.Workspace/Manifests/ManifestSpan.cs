using System.Globalization;

namespace VenvBuild.Workspace;

/// <summary>A span of time as manifests have it: a number of hours, days or weeks.</summary>
internal static class ManifestSpan
{
    /// <summary>Reads a span; <paramref name="normal"/> is its one spelling.</summary>
    public static bool TryRead(string text, out TimeSpan span, out string normal)
    {
        (span, normal) = (default, "");
        var parts = text.Split(' ');
        if (parts.Length != 2 || parts[0].Length > 5 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
            return false;
        (var unit, span) = parts[1] switch
        {
            "hour" or "hours" => ("hour", TimeSpan.FromHours(count)),
            "day" or "days" => ("day", TimeSpan.FromDays(count)),
            "week" or "weeks" => ("week", TimeSpan.FromDays(7 * count)),
            _ => ("", TimeSpan.Zero),
        };
        normal = string.Create(CultureInfo.InvariantCulture, $"{count} {unit}{(count == 1 ? "" : "s")}");
        return unit.Length > 0;
    }
}
