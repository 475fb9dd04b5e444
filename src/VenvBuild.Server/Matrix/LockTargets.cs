using System.Text.RegularExpressions;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Workspace;

namespace VenvBuild.Server;

/// <summary>The targets that a lock was made for, as its own table says: the platforms that were asked for, with each minor of Python.</summary>
internal static partial class LockTargets
{
    private const string PlatformKey = "platform: ";

    /// <summary>The targets; none where the lock does not say.</summary>
    public static IReadOnlyList<EnvironmentTarget> Of(LockDocument document)
    {
        if (document.RequiresPython is not { } python || document.Provenance is not { } provenance)
            return [];
        var targets = new List<EnvironmentTarget>();
        foreach (var line in provenance.Requests.Where(line => line.StartsWith(PlatformKey, StringComparison.Ordinal)))
        {
            if (Declared().Match(line[PlatformKey.Length..]) is not { Success: true } match)
                continue;
            var floor = match.Groups["floor"].Value;
            var text = match.Groups["rid"].Value + (floor.Length == 0 ? "" : $" ({floor})");
            if (Platform.TryParse(text, out var platform))
            {
                targets.AddRange(ServedPython.Of(python).Select(served =>
                    new EnvironmentTarget { Platform = platform.ToString(), Python = served.Minor + (match.Groups["threads"].Success ? "t" : "") }));
            }
        }

        return targets;
    }

    /// <summary>As requests are written down: <c>linux-x64 glibc 2.28</c>, <c>win-x64 free-threaded</c>.</summary>
    [GeneratedRegex("^(?<rid>[a-z0-9-]{3,30}?)( (?<floor>[a-z]{3,10} [0-9.]{1,10}))?(?<threads> free-threaded)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Declared();
}
