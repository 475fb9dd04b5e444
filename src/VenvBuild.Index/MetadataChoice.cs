using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// Which of a release's files speaks for it. The choice is the same on every machine, or a lock would depend on where it was made: a wheel
/// for all platforms, else for Linux on x86-64 (the platform that has most), else the first; one with a metadata file before others.
/// </summary>
internal static class MetadataChoice
{
    // A release whose first files are missing or broken has others; asking for all of them would not end.
    public const int MaxTries = 3;

    /// <summary>The wheels that may be asked, best first; without wheels, the sdist.</summary>
    public static IReadOnlyList<IndexFile> Of(IReadOnlyList<IndexFile> files)
    {
        var wheels = new List<IndexFile>(MaxTries + 1);
        Span<int> ranks = stackalloc int[MaxTries + 1];
        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].Wheel is null)
                continue;
            // Of equal ones, the first stays before the others.
            var rank = Rank(files[i]);
            var place = wheels.Count;
            while (place > 0 && ranks[place - 1] > rank)
                place--;
            if (place == MaxTries)
                continue;
            wheels.Insert(place, files[i]);
            ranks[place..^1].CopyTo(ranks[(place + 1)..]);
            ranks[place] = rank;
            if (wheels.Count > MaxTries)
                wheels.RemoveAt(MaxTries);
        }

        return wheels.Count > 0 ? wheels : [.. files.OrderBy(file => file.IsYanked).Take(1)];
    }

    private static int Rank(IndexFile file)
    {
        var platforms = file.Wheel!.Tags.Platforms;
        var platform = platforms.Contains("any") ? 0 : platforms.Any(IsLinux) ? 1 : 2;
        return (file.IsYanked ? 8 : 0) + (file.HasCoreMetadata || file.Url.IsFile ? 0 : 4) + platform;
    }

    private static bool IsLinux(string platform) =>
        platform.StartsWith("manylinux", StringComparison.Ordinal) && platform.EndsWith("x86_64", StringComparison.Ordinal);
}
