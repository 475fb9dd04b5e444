using VenvBuild.Packaging;

namespace VenvBuild.Workspace.Tests;

/// <summary>
/// Judges a lock as an installer would meet it, on sample machines one by one: slow, without any algebra of markers, and so simple that it
/// is right. What it refuses is wrong for certain.
/// </summary>
internal sealed class LockOracle(ProofWorld world)
{
    private static readonly HashSet<ExtraName> NoExtras = [];
    private static readonly string[] Patches = ["0", "3", "4", "9"];

    private readonly HashSet<PackageName> _excluded = [.. world.Manifest.Exclude];
    private readonly ILookup<PackageName, Requirement> _overrides = world.Manifest.Overrides.ToLookup(entry => entry.Requirement.Name, entry => entry.Requirement);

    public bool Refuses(LockDocument document)
    {
        foreach (var served in world.Manifest.Targets)
        {
            foreach (var patch in Patches)
            {
                var machine = served.Target.ToMarkerEnvironment(PackageVersion.Parse($"{served.Target.Python}.{patch}"));
                if (Selections().Any(groups => !IsRight(document, served.Target, machine, groups)))
                    return true;
            }
        }

        return false;
    }

    private IEnumerable<HashSet<ExtraName>> Selections()
    {
        var groups = world.Manifest.Groups.Select(group => group.Name).ToList();
        for (var choice = 0; choice < 1 << groups.Count; choice++)
            yield return [.. groups.Where((_, i) => (choice & (1 << i)) != 0)];
    }

    private bool IsRight(LockDocument document, Target target, MarkerEnvironment machine, HashSet<ExtraName> groups)
    {
        var chosen = new Dictionary<PackageName, LockedPackage>();
        foreach (var pin in document.Packages.Where(pin => pin.Marker?.Evaluate(machine, NoExtras, groups) != false))
        {
            if (!chosen.TryAdd(pin.Name, pin))
                return false;
        }

        var python = PackageVersion.Parse(machine.PythonFullVersion);
        var reached = new HashSet<(PackageName, ExtraName)>();
        var requests = world.Manifest.Requirements
            .Concat(world.Manifest.Groups.Where(group => groups.Contains(group.Name)).SelectMany(world.Manifest.RequirementsOf))
            .Select(request => request.Requirement);
        return requests.All(request => Follow(request, NoExtras))
            && chosen.Values.All(pin => reached.Contains((pin.Name, default)) && IsUsable(pin))
            && world.Manifest.Constraints.Select(constraint => constraint.Requirement).All(constraint =>
                constraint.Marker?.Evaluate(machine, NoExtras) == false
                || !chosen.TryGetValue(constraint.Name, out var pin)
                || constraint.Specifiers.Contains(pin.Version!));

        bool Follow(Requirement requirement, HashSet<ExtraName> extras)
        {
            if (requirement.Marker?.Evaluate(machine, extras) == false || _excluded.Contains(requirement.Name))
                return true;
            var counting = _overrides.Contains(requirement.Name)
                ? _overrides[requirement.Name].Where(replacement => replacement.Marker?.Evaluate(machine, NoExtras) != false)
                : [requirement];
            return counting.All(one => Visit(one, one.Extras.Union(requirement.Extras)));
        }

        bool Visit(Requirement requirement, IEnumerable<ExtraName> extras)
        {
            if (!chosen.TryGetValue(requirement.Name, out var pin) || !requirement.Specifiers.Contains(pin.Version!))
                return false;
            return Enter(pin, default, NoExtras) && extras.All(extra => Enter(pin, extra, [extra]));
        }

        bool Enter(LockedPackage pin, ExtraName key, HashSet<ExtraName> extras) =>
            !reached.Add((pin.Name, key)) || Requires(pin).All(requirement => Follow(requirement, extras));

        bool IsUsable(LockedPackage pin) =>
            pin.Wheels.Any(wheel => target.Tags.Rank(wheel.Wheel!) is not null)
            && world.Releases(pin.Name).FirstOrDefault(release => release.Version.Equals(pin.Version)) is { } release
            && world.Metadata(release).RequiresPython?.Contains(python) != false;
    }

    private IEnumerable<Requirement> Requires(LockedPackage pin) =>
        world.Releases(pin.Name).FirstOrDefault(release => release.Version.Equals(pin.Version)) is { } release ? world.Metadata(release).RequiresDist : [];
}
