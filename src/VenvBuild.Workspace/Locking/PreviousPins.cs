using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>The pins of the lock that is there, which are kept as long as they fit.</summary>
internal static class PreviousPins
{
    /// <summary>The preferences, and the requirements that <c>--upgrade-package name==version</c> adds.</summary>
    public static (List<Preference> Preferences, List<Requirement> Constraints) Of(LockDocument? previous, LockOptions options)
    {
        var upgrades = options.UpgradePackages.Select(Read).ToList();
        var preferences = new List<Preference>();
        if (previous is not null && !options.Upgrade)
        {
            foreach (var package in previous.Packages)
            {
                if (package is { Version: { } version, Archive: null } && !upgrades.Exists(upgrade => upgrade.Name == package.Name))
                    preferences.Add(new(package.Name, version, package.Marker is { } marker ? MarkerSet.Of(marker) : MarkerSet.All));
            }
        }

        return (preferences, upgrades.FindAll(upgrade => upgrade.Specifiers.Count > 0));
    }

    /// <summary>The names that <c>--upgrade-package</c> asks for.</summary>
    public static IEnumerable<PackageName> Upgraded(LockOptions options) => options.UpgradePackages.Select(text => Read(text).Name).Distinct();

    private static Requirement Read(string text)
    {
        if (Requirement.TryParse(text, out var requirement) && requirement.Url is null && requirement.Marker is null)
            return requirement;
        throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
            WorkspaceCodes.BadOption, $"--upgrade-package takes a name or name==version; '{text}' is neither."));
    }
}
