using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// Says which wheels a release has where none fits, as people name interpreters and platforms rather than tag by tag: the platforms where
/// none of them is meant, else the interpreters that the platform has wheels for.
/// </summary>
internal static class WheelSummary
{
    private const int MaxWords = 4;

    /// <summary>Such as <c>CPython 3.10 and 3.11</c> or <c>Windows x86-64</c>; null where there is no wheel.</summary>
    public static string? Of(IReadOnlyList<IndexFile> files, IReadOnlyList<Target> targets)
    {
        var tags = files.Where(file => file.Wheel is not null).Select(file => file.Wheel!.Tags).ToList();
        if (tags.Count == 0)
            return null;
        var lacking = targets.Where(target => !tags.Exists(tag => target.Tags.Rank(tag) is not null)).DefaultIfEmpty(targets[0]).First();
        var near = tags.FindAll(tag => tag.Platforms.Any(platform => platform == "any" || lacking.Platform.WheelTags.Contains(platform)));
        return near.Count > 0
            ? $"for {List(Pythons(near))}"
            : $"for {List(tags.SelectMany(tag => tag.Platforms).Select(Platform).Distinct(StringComparer.Ordinal).ToList())}";
    }

    private static string List(List<string> words)
    {
        if (words.Count > MaxWords)
            words = [.. words.Take(MaxWords - 1), string.Create(CultureInfo.InvariantCulture, $"{words.Count - MaxWords + 1} others")];
        return words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words.Take(words.Count - 1))} and {words[^1]}";
    }

    /// <summary>CPython's minors as ranges, then other tags as they are.</summary>
    private static List<string> Pythons(List<WheelTagSet> tags)
    {
        var minors = new SortedSet<int>();
        var others = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            foreach (var python in tag.Pythons)
            {
                if (!python.StartsWith("cp3", StringComparison.Ordinal) || !int.TryParse(python.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
                    others.Add(python);
                else if (tag.Abis.Contains("abi3"))
                    others.Add(string.Create(CultureInfo.InvariantCulture, $"CPython 3.{minor} and newer"));
                else
                    minors.Add(minor);
            }
        }

        var ranges = new List<string>();
        foreach (var minor in minors.Where(minor => !minors.Contains(minor - 1)))
        {
            var end = minor;
            while (minors.Contains(end + 1))
                end++;
            ranges.Add(string.Create(CultureInfo.InvariantCulture, $"CPython 3.{minor}{(end == minor ? "" : $" to 3.{end}")}"));
        }

        return [.. ranges, .. others];
    }

    private static string Platform(string tag)
    {
        var isX64 = tag.EndsWith("x86_64", StringComparison.Ordinal);
        var isArm = tag.EndsWith("arm64", StringComparison.Ordinal) || tag.EndsWith("aarch64", StringComparison.Ordinal);
        var machine = isX64 ? " x86-64" : isArm ? " arm64" : tag.EndsWith("universal2", StringComparison.Ordinal) ? "" : null;
        return tag switch
        {
            "win_amd64" => "Windows x86-64",
            "win_arm64" => "Windows arm64",
            "win32" => "Windows (32 bits)",
            _ when machine is null => tag,
            _ when tag.StartsWith("manylinux", StringComparison.Ordinal) || tag.StartsWith("linux", StringComparison.Ordinal) => $"Linux{machine} ({Floor(tag)})",
            _ when tag.StartsWith("musllinux", StringComparison.Ordinal) => $"Linux{machine} (musl)",
            _ when tag.StartsWith("macosx", StringComparison.Ordinal) => $"macOS{machine} ({string.Join('.', tag.Split('_').Skip(1).Take(2))} and newer)",
            _ => tag,
        };
    }

    private static string Floor(string tag) => tag.Split('_') switch
    {
        ["manylinux", var major, var minor, ..] => $"glibc {major}.{minor}",
        [var name, ..] => name,
        _ => tag,
    };
}
