using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What is different between two locks, for people.</summary>
internal static class LockChanges
{
    /// <summary>Lines such as <c>added flask 3.1.0</c> and <c>django 5.1 became 5.2</c>, by name; none when the pins are the same.</summary>
    public static IReadOnlyList<string> Describe(LockDocument? before, LockDocument after)
    {
        var old = Versions(before);
        var now = Versions(after);
        var lines = new List<string>();
        foreach (var name in old.Keys.Union(now.Keys).Order())
        {
            var (was, @is) = (old.GetValueOrDefault(name), now.GetValueOrDefault(name));
            if (was == @is)
                continue;
            lines.Add(was is null ? $"added {name} {@is}" : @is is null ? $"removed {name} {was}" : $"{name} {was} became {@is}");
        }

        return lines;
    }

    private static Dictionary<PackageName, string> Versions(LockDocument? document) =>
        (document?.Packages ?? []).GroupBy(package => package.Name).ToDictionary(
            group => group.Key, group => string.Join(" and ", group.Select(package => package.Version?.ToString() ?? "from a source tree")));
}
