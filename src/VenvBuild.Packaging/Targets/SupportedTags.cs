using System.Globalization;

namespace VenvBuild.Packaging;

/// <summary>
/// The tags of wheels that an interpreter can use, best first (PEP 425, in the order of pypa/packaging). A thousand tags, yet few kinds:
/// pairs of interpreter and ABI, each with every platform or with <c>any</c>; a rank is the pair's first place plus the platform's.
/// </summary>
public sealed class SupportedTags
{
    private readonly IReadOnlyList<string> _platforms;
    private readonly List<(string Python, string Abi)> _pairs = [];
    private readonly List<(string Python, string Abi)> _anyPairs = [];
    private readonly Dictionary<string, int> _platformPlaces = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Python, string Abi), int> _pairPlaces = [];
    private readonly Dictionary<(string Python, string Abi), int> _anyPlaces = [];

    // By the index of a set of tags: its rank plus one, -1 when it does not fit, 0 when it was not asked for. Threads may lose each
    // other's answers, never see wrong ones.
    private int[] _ranks = new int[64];

    internal SupportedTags(PythonMinor python, string abi, bool isFreeThreaded, IReadOnlyList<string> platforms)
        : this(platforms)
    {
        var own = Name("cp", python.Major, python.Minor);
        var stable = isFreeThreaded ? "abi3t" : "abi3";
        var hasStable = python.CompareTo(new(3, 2)) >= 0;
        _pairs.Add((own, abi));
        if (hasStable)
            _pairs.Add((own, stable));
        _pairs.Add((own, "none"));
        for (var minor = python.Minor - 1; hasStable && minor >= 2; minor--)
            _pairs.Add((Name("cp", python.Major, minor), stable));

        AddGeneric(python, own);
    }

    private SupportedTags(IReadOnlyList<string> platforms)
    {
        _platforms = platforms;
        for (var i = 0; i < platforms.Count; i++)
            _platformPlaces[platforms[i]] = i;
    }

    /// <summary>The tags of PyPy: its own interface, then none; no stable interface, and no older minor's.</summary>
    internal static SupportedTags OfPyPy(PythonMinor python, string abi, IReadOnlyList<string> platforms)
    {
        var own = Name("pp", python.Major, python.Minor);
        var tags = new SupportedTags(platforms);
        tags._pairs.Add((own, abi));
        tags._pairs.Add((own, "none"));
        tags.AddGeneric(python, string.Create(CultureInfo.InvariantCulture, $"pp{python.Major}"));
        return tags;
    }

    /// <summary>How many tags there are.</summary>
    public int Count => _pairs.Count * _platforms.Count + _anyPairs.Count;

    /// <summary>The place of a tag, 0 for the best, or null when a wheel with it cannot be used.</summary>
    public int? Rank(WheelTag tag) => Rank((tag.Python, tag.Abi), tag.Platform);

    /// <summary>The best place of the set's tags, or null when a wheel with it cannot be used. Remembered, so that asking again is cheap.</summary>
    public int? Rank(WheelTagSet tags)
    {
        var index = tags.Index;
        var ranks = _ranks;
        if ((uint)index < (uint)ranks.Length && ranks[index] is not 0 and var known)
            return known > 0 ? known - 1 : null;
        var rank = Best(tags);
        if (index >= 0)
            Remember(index, rank + 1 ?? -1);
        return rank;
    }

    /// <summary>The best place of the wheel's tags, or null when it cannot be used.</summary>
    public int? Rank(WheelFileName wheel) => Rank(wheel.Tags);

    /// <summary>All tags, best first, <see cref="Count"/> of them.</summary>
    public IEnumerable<WheelTag> InOrder()
    {
        foreach (var (python, abi) in _pairs)
        {
            foreach (var platform in _platforms)
                yield return new(python, abi, platform);
        }

        foreach (var (python, abi) in _anyPairs)
            yield return new(python, abi, "any");
    }

    /// <summary>py3N, py3, py3(N-1) down to py30.</summary>
    private static IEnumerable<string> Generic(PythonMinor python)
    {
        yield return Name("py", python.Major, python.Minor);
        yield return string.Create(CultureInfo.InvariantCulture, $"py{python.Major}");
        for (var minor = python.Minor - 1; minor >= 0; minor--)
            yield return Name("py", python.Major, minor);
    }

    private static string Name(string prefix, int major, int minor) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{major}{minor}");

    /// <summary>A wheel for all platforms fits the same interpreters as one for this platform, and its own first.</summary>
    private void AddGeneric(PythonMinor python, string own)
    {
        _anyPairs.Add((own, "none"));
        foreach (var generic in Generic(python))
        {
            _pairs.Add((generic, "none"));
            _anyPairs.Add((generic, "none"));
        }

        foreach (var pair in _pairs)
            _pairPlaces.Add(pair, _pairPlaces.Count * _platforms.Count);
        foreach (var pair in _anyPairs)
            _anyPlaces.Add(pair, _pairs.Count * _platforms.Count + _anyPlaces.Count);
    }

    private int? Best(WheelTagSet tags)
    {
        int? best = null;
        // Platforms are many and few of them are this one.
        foreach (var platform in tags.Platforms)
        {
            if (!IsAny(platform) && !_platformPlaces.ContainsKey(platform))
                continue;
            foreach (var python in tags.Pythons)
            {
                foreach (var abi in tags.Abis)
                {
                    if (Rank((python, abi), platform) is { } rank && (best is null || rank < best))
                        best = rank;
                }
            }
        }

        return best;
    }

    private int? Rank((string Python, string Abi) pair, string platform)
    {
        if (IsAny(platform))
            return _anyPlaces.TryGetValue(pair, out var any) ? any : null;
        return _platformPlaces.TryGetValue(platform, out var place) && _pairPlaces.TryGetValue(pair, out var first) ? first + place : null;
    }

    private static bool IsAny(string platform) => string.Equals(platform, "any", StringComparison.Ordinal);

    private void Remember(int index, int value)
    {
        var ranks = _ranks;
        if (index >= ranks.Length)
        {
            var grown = new int[Math.Max(index + 1, ranks.Length * 2)];
            ranks.CopyTo(grown, 0);
            _ranks = ranks = grown;
        }

        ranks[index] = value;
    }
}
