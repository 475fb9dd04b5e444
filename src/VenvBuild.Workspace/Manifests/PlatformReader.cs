using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Reads the platforms of a manifest: runtime identifiers, or mappings with finer words.</summary>
internal sealed class PlatformReader(ManifestValues values)
{
    private const string RidKey = "rid";
    private const string ImplementationKey = "implementation";
    private const string FreeThreadedKey = "free-threaded";
    private static readonly string[] Keys = [RidKey, "glibc", "musl", "macos", ImplementationKey, FreeThreadedKey];

    private readonly ManifestProblems _problems = values.Problems;

    public List<ManifestPlatform> Platforms(YamlNode node)
    {
        var platforms = new List<ManifestPlatform>();
        foreach (var item in values.Items(node, "'platforms'"))
        {
            if ((item.Kind == YamlNodeKind.Mapping ? Finer(item) : Named(item) is { } named ? new(named, _problems.At(item)) : null) is not { } platform)
                continue;
            if (platforms.Exists(other => other.ToString() == platform.ToString()))
                values.Twice(item, $"'{platform.Platform}'");
            else
                platforms.Add(platform);
        }

        return platforms;
    }

    private ManifestPlatform? Finer(YamlNode node)
    {
        var (isFreeThreaded, isPyPy) = (false, false);
        if (values.Table(node, "a platform", Keys) is not { } table || table.Require(RidKey, "A platform") is not { } rid || Named(rid) is not { } named)
            return null;
        var platform = named;
        foreach (var (key, value) in table.Entries)
        {
            if (key.Value == FreeThreadedKey)
            {
                isFreeThreaded = values.Flag(value, $"'{FreeThreadedKey}'") ?? false;
                continue;
            }

            if (key.Value == ImplementationKey)
            {
                isPyPy = values.Word(value, $"'{ImplementationKey}'", Target.CPython, Target.PyPyName) == 1;
                continue;
            }

            if (key.Value == RidKey || values.Text(value, $"'{key.Value}'") is not { } text)
                continue;
            if (named.TryWithFloor(key.Value, text, out var finer, out var problem))
                platform = finer;
            else
                _problems.Add(ManifestCodes.BadPlatform, key.Value == named.FloorName ? value : key, problem, Remedy(named));
        }

        if (isPyPy && isFreeThreaded)
            _problems.Add(ManifestCodes.BadPlatform, node, "PyPy has no free-threaded build.", $"Leave '{FreeThreadedKey}' or '{ImplementationKey}' out.");
        return new(platform, _problems.At(node)) { IsFreeThreaded = isFreeThreaded && !isPyPy, IsPyPy = isPyPy };
    }

    private static string Remedy(Platform platform) => platform.FloorName is { } name
        ? $"Write it such as {{rid: {platform.RuntimeIdentifier}, {name}: \"{platform.Floor}\"}}."
        : $"Write '{platform.RuntimeIdentifier}' alone.";

    private Platform? Named(YamlNode node)
    {
        if (values.Text(node, "A platform") is not { } text)
            return null;
        // What a platform prints as is read back elsewhere; a manifest has one way to say it.
        if (Platform.RuntimeIdentifiers.Contains(text) && Platform.TryParse(text, out var platform))
            return platform;
        _problems.Add(
            ManifestCodes.UnknownPlatform,
            node,
            $"'{text}' is no platform that this tool knows.",
            Platform.Nearest(text) is { } near ? $"Did you mean '{near}'?" : $"The platforms are {string.Join(", ", Platform.RuntimeIdentifiers)}.");
        return null;
    }
}
