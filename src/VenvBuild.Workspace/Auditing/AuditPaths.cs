using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Who brings a pin in: told by the pins' metadata as the cache has it, else by what the lock itself notes.</summary>
internal sealed class AuditPaths(Manifest manifest, LockDocument document, DependencyGraph graph)
{
    private const int MaxPaths = 5;

    /// <summary>The shortest ways from requests to the pins of a distribution.</summary>
    public IReadOnlyList<WhyPath> Of(PackageName name)
    {
        var paths = WhyVerb.Paths(graph, name);
        return paths.Count > 0 ? [.. paths.Take(MaxPaths)] : Noted(name) is { } path ? [path] : [];
    }

    /// <summary>A shortest way by the lock's notes; null where no request leads there.</summary>
    private WhyPath? Noted(PackageName name)
    {
        var needs = document.Packages.ToLookup(package => package.Name);
        var from = new Dictionary<PackageName, LockedPackage?>();
        var open = new Queue<PackageName>();
        var requests = manifest.Requirements.Select(request => (request.Requirement, Group: (ExtraName?)null))
            .Concat(manifest.Groups.SelectMany(group => manifest.RequirementsOf(group).Select(request => (request.Requirement, Group: (ExtraName?)group.Name)))).ToList();
        foreach (var (requirement, _) in requests)
        {
            if (from.TryAdd(requirement.Name, null))
                open.Enqueue(requirement.Name);
        }

        while (open.TryDequeue(out var next) && !from.ContainsKey(name))
        {
            foreach (var package in needs[next])
            {
                foreach (var reference in package.Dependencies ?? [])
                {
                    if (from.TryAdd(reference.Name, package))
                        open.Enqueue(reference.Name);
                }
            }
        }

        if (!from.ContainsKey(name))
            return null;
        var steps = new List<WhyStep>();
        var at = name;
        for (; from[at] is { } asking; at = asking.Name)
            steps.Insert(0, new($"{asking.Name} {asking.Version}", at.Value, null));
        var request = requests.Find(entry => entry.Requirement.Name == at);
        return new(request.Requirement.ToString(), request.Group?.Value, steps);
    }
}
