using System.Globalization;

namespace VenvBuild.Packaging;

/// <summary>The platform tags of wheels, best first, as pypa/packaging orders them (PEP 425, 513, 571, 599, 600, 656).</summary>
internal static class PlatformTags
{
    /// <summary>The oldest glibc that a tag can name on an architecture.</summary>
    public static PlatformFloor OldestGlibc(string architecture) => architecture == "x86_64" ? new(2, 5) : new(2, 17);

    public static IReadOnlyList<string> Of(PlatformFamily family, string architecture, PlatformFloor? floor)
    {
        var tags = new List<string>();
        switch (family)
        {
            case PlatformFamily.Glibc:
                AddManylinux(tags, architecture, floor!.Value);
                tags.Add($"linux_{architecture}");
                break;
            case PlatformFamily.Musl:
                for (var minor = floor!.Value.Minor; minor >= 0; minor--)
                    tags.Add(string.Create(CultureInfo.InvariantCulture, $"musllinux_1_{minor}_{architecture}"));
                tags.Add($"linux_{architecture}");
                break;
            case PlatformFamily.MacOs:
                AddMacOs(tags, architecture, floor!.Value);
                break;
            default:
                tags.Add(architecture);
                break;
        }

        return tags;
    }

    private static void AddManylinux(List<string> tags, string architecture, PlatformFloor floor)
    {
        for (var minor = floor.Minor; minor >= OldestGlibc(architecture).Minor; minor--)
        {
            tags.Add(string.Create(CultureInfo.InvariantCulture, $"manylinux_2_{minor}_{architecture}"));
            var older = minor switch { 17 => "manylinux2014", 12 => "manylinux2010", 5 => "manylinux1", _ => null };
            if (older is not null)
                tags.Add($"{older}_{architecture}");
        }
    }

    private static void AddMacOs(List<string> tags, string architecture, PlatformFloor floor)
    {
        string[] formats = architecture == "x86_64"
            ? ["x86_64", "intel", "fat64", "fat3", "universal2", "universal"]
            : ["arm64", "universal2"];

        // From 11 on only the major version counts; 10.16 is what an old SDK calls 11.
        for (var major = floor.Major; major >= 11; major--)
            Add(major, 0, formats);
        string[] oldFormats = architecture == "x86_64" ? formats : ["universal2"];
        for (var minor = floor.Major >= 11 ? 16 : floor.Minor; minor >= 4; minor--)
            Add(10, minor, oldFormats);

        void Add(int major, int minor, string[] binaries)
        {
            foreach (var binary in binaries)
                tags.Add(string.Create(CultureInfo.InvariantCulture, $"macosx_{major}_{minor}_{binary}"));
        }
    }
}
