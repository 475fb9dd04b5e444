
namespace VenvBuild.Resolver;

/// <summary>
/// Names sets of releases as people write them. Releases that cannot be used in the environments in question are nobody's choice: they never
/// make a range look torn.
/// </summary>
internal sealed class ReleaseNames(PackageTable table, IReadOnlyList<int> environments)
{
    private const int MaxRanges = 3;

    private readonly Dictionary<SolverPackage, bool[]> _usable = [];

    /// <summary>A package with some of its releases: <c>boto3 1.2</c>, <c>boto3&gt;=1,&lt;2</c>, <c>every version of boto3</c>.</summary>
    public string Of(SolverPackage package, IndexSet set)
    {
        if (set.IsEmpty)
            return $"no version of {package}";
        if (set.IsSingle)
            return $"{package} {package.List.Releases[set.Lowest].Version}";
        var ranges = Ranges(package, set);
        return ranges switch
        {
            [""] => $"every version of {package}",
            [['=', '=', .. var version]] => $"{package} {version}",
            _ => $"{package}{string.Join(" or ", ranges)}",
        };
    }

    /// <summary>Whether all releases that can be used are in a set.</summary>
    public bool IsEvery(SolverPackage package, IndexSet set) => Ranges(package, set) is [""];

    private List<string> Ranges(SolverPackage package, IndexSet set)
    {
        var releases = package.List.Releases;
        var usable = Usable(package);
        if (!Enumerable.Range(0, releases.Count).Any(i => usable[i] && set.Contains(i)))
            usable = [.. Enumerable.Repeat(true, releases.Count)];
        var ranges = new List<string>();
        var runs = new List<(int Start, int End)>();
        var isOpen = false;
        for (var i = 0; i < releases.Count; i++)
        {
            if (!usable[i])
                continue;
            if (!set.Contains(i))
                isOpen = false;
            else if (isOpen)
                runs[^1] = (runs[^1].Start, i + 1);
            else
                runs.Add((i, i + 1));
            isOpen = set.Contains(i);
        }

        if (runs.Count > MaxRanges + 1)
            runs = [.. runs.Take(MaxRanges - 1), (runs[MaxRanges - 1].Start, runs[^1].End)];
        foreach (var (start, end) in runs)
            ranges.Add(Range(releases, usable, start, end));
        return ranges;
    }

    private static string Range(IReadOnlyList<Release> releases, bool[] usable, int start, int end)
    {
        var isFirst = Array.IndexOf(usable, true) == start;
        var next = Array.IndexOf(usable, true, end);
        if (isFirst && next < 0)
            return "";
        if (Array.LastIndexOf(usable, true, end - 1) == start)
            return $"=={releases[start].Version}";
        var from = isFirst ? "" : $">={releases[start].Version}";
        var to = next < 0 ? "" : $"<{releases[next].Version}";
        return from.Length > 0 && to.Length > 0 ? $"{from},{to}" : from + to;
    }

    private bool[] Usable(SolverPackage package)
    {
        var distribution = package.Distribution;
        if (!_usable.TryGetValue(distribution, out var usable))
        {
            usable = new bool[distribution.Count];
            for (var i = 0; i < usable.Length; i++)
            {
                var mask = table.Availability.Mask(distribution, i);
                usable[i] = environments.Any(environment => mask.Has(environment));
            }

            _usable.Add(distribution, usable);
        }

        return usable;
    }
}
