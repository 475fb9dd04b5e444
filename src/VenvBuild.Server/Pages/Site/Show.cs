using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace VenvBuild.Server;

/// <summary>How values are written on pages.</summary>
internal static class Show
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>A size in bytes, such as <c>12.4 MB</c>.</summary>
    public static string Size(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        while (size >= 999.5 && unit < Units.Length - 1)
            (size, unit) = (size / 1000, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || size >= 100 ? Math.Round(size).ToString("0", CultureInfo.InvariantCulture) : size.ToString("0.0", CultureInfo.InvariantCulture))} {Units[unit]}");
    }

    /// <summary>A number with its noun, such as <c>1 package</c> and <c>1,204 packages</c>.</summary>
    public static string Count(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary>How long ago a moment was; the moment itself for programs and on hovering.</summary>
    public static IHtmlContent Ago(long milliseconds)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        var time = new TagBuilder("time");
        time.Attributes["datetime"] = at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        time.Attributes["title"] = at.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        time.InnerHtml.Append(Words(DateTimeOffset.UtcNow - at, at));
        return time;
    }

    /// <summary>How long ago, in words.</summary>
    internal static string Words(TimeSpan ago, DateTimeOffset at) => ago.TotalSeconds switch
    {
        < 10 => "just now",
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{ago.TotalSeconds:0} s ago"),
        < 90 * 60 => string.Create(CultureInfo.InvariantCulture, $"{ago.TotalMinutes:0} min ago"),
        < 36 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{ago.TotalHours:0} h ago"),
        < 30 * 86400 => string.Create(CultureInfo.InvariantCulture, $"{ago.TotalDays:0} days ago"),
        _ => at.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>A state: a mark and a word, so that it is told by more than a colour.</summary>
    public static IHtmlContent State(string state)
    {
        var chip = new TagBuilder("span");
        chip.AddCssClass($"state state-{state}");
        var mark = new TagBuilder("span");
        mark.AddCssClass("mark");
        mark.Attributes["aria-hidden"] = "true";
        mark.InnerHtml.Append(Mark(state));
        chip.InnerHtml.AppendHtml(mark).Append(state);
        return chip;
    }

    /// <summary>The beginning of a digest; all of it on hovering.</summary>
    public static IHtmlContent Digest(string hex)
    {
        var code = new TagBuilder("code");
        code.AddCssClass("digest");
        code.Attributes["title"] = hex;
        code.InnerHtml.Append(Short(hex));
        return code;
    }

    public static string Short(string hex) => hex.Length > 12 ? hex[..12] : hex;

    public static string State(BuildState state) => BuildStore.StateName(state);

    private static string Mark(string state) => state switch
    {
        "ready" or "current" or "passed" => "\u2713",
        "failed" or "refused" => "\u2715",
        "building" or "solving" => "\u25D0",
        "queued" or "waiting" => "\u25CB",
        _ => "\u2013",
    };
}
