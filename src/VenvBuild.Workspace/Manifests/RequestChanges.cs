using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Tells a person what changed between the requests that a lock answers and those of the manifest now.</summary>
public static class RequestChanges
{
    /// <summary>
    /// Lines such as <c>requirements: added flask&gt;=2</c> and <c>python: '&gt;=3.11' became '&gt;=3.12'</c>, in the order of the
    /// canonical form; none when nothing changed.
    /// </summary>
    /// <param name="before">The lines in the lock (<see cref="LockProvenance.Requests"/>).</param>
    /// <param name="after">The lines of the manifest (<see cref="ManifestRequests.Lines"/>).</param>
    public static IReadOnlyList<string> Describe(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var old = before.ToLookup(KeyOf, ValueOf, StringComparer.Ordinal);
        var now = after.ToLookup(KeyOf, ValueOf, StringComparer.Ordinal);
        var lines = new List<string>();
        foreach (var key in before.Concat(after).Select(KeyOf).Distinct(StringComparer.Ordinal))
            Describe(key, [.. old[key]], [.. now[key]], lines);
        return lines;
    }

    private static void Describe(string key, List<string> old, List<string> now, List<string> lines)
    {
        var removed = old.Except(now, StringComparer.Ordinal).ToList();
        var added = now.Except(old, StringComparer.Ordinal).ToList();
        var title = Title(key);
        if (removed.Count == 0 && added.Count == 0)
        {
            if (!old.SequenceEqual(now, StringComparer.Ordinal))
                lines.Add($"{title}: the order changed");
            return;
        }

        foreach (var value in removed.ToList())
        {
            // One value of a key that has one, or of one package, became another: that is one change, not two.
            var successors = IsSingle(key) ? added : added.FindAll(other => NameOf(other) is { } name && name == NameOf(value));
            if (successors.Count != 1)
                continue;
            lines.Add($"{title}: '{value}' became '{successors[0]}'");
            removed.Remove(value);
            added.Remove(successors[0]);
        }

        lines.AddRange(removed.Select(value => $"{title}: removed {Shown(value)}"));
        lines.AddRange(added.Select(value => $"{title}: added {Shown(value)}"));
    }

    private static string Shown(string value) => value.Length == 0 ? "it, empty" : value;

    private static bool IsSingle(string key) =>
        key is "python" or "resolution" or "index-strategy" or "prereleases" or "exclude-newer"
        || key.StartsWith("exclude-newer ", StringComparison.Ordinal);

    private static string Title(string key) => key switch
    {
        "requirement" or "constraint" or "override" or "platform" or "default-group" => key + "s",
        "index" => "indexes",
        _ => key,
    };

    /// <summary>The package that a requirement names, or null.</summary>
    private static string? NameOf(string value) =>
        value.StartsWith("include ", StringComparison.Ordinal) || !Requirement.TryParse(value, out var requirement) ? null : requirement.Name.Value;

    private static string KeyOf(string line) => line.IndexOf(':', StringComparison.Ordinal) is var at and > 0 ? line[..at] : line;

    private static string ValueOf(string line) => line.IndexOf(':', StringComparison.Ordinal) is var at and > 0 ? line[(at + 1)..].TrimStart() : "";
}
