using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// The environments of a solve, a bit each, and which of them a marker or a Requires-Python holds in. Where one holds in a part of an
/// environment only, that environment must be split, and the solve begun anew with the parts.
/// </summary>
internal sealed class EnvironmentTable
{
    /// <summary>As many as a mask has bits.</summary>
    public const int MaxCount = 128;

    private static readonly IReadOnlySet<ExtraName> NoExtras = new HashSet<ExtraName>();

    private readonly Dictionary<(Marker Marker, ExtraName Extra), UInt128> _markerMasks = [];
    private readonly Dictionary<VersionSpecifiers, UInt128> _pythonMasks = new(ReferenceEqualityComparer.Instance);
    private readonly List<MarkerSet> _splits = [];

    public EnvironmentTable(IReadOnlyList<ResolutionEnvironment> environments)
    {
        Environments = environments;
        All = environments.Count == MaxCount ? UInt128.MaxValue : (UInt128.One << environments.Count) - 1;
    }

    public IReadOnlyList<ResolutionEnvironment> Environments { get; }

    public UInt128 All { get; }

    public bool NeedsSplit => _splits.Count > 0;

    public static UInt128 Bit(int environment) => UInt128.One << environment;

    /// <summary>The environments in which a marker holds, for a distribution itself or for one of its extras.</summary>
    public UInt128 MaskOf(Marker? marker, ExtraName? extra)
    {
        if (marker is null)
            return All;
        var key = (marker, extra ?? default);
        if (!_markerMasks.TryGetValue(key, out var mask))
            _markerMasks.Add(key, mask = Decide(marker, extra));
        return mask;
    }

    /// <summary>
    /// The environments whose Pythons all lie between the bounds of a Requires-Python. Holes inside the bounds (<c>!=3.9.1</c>) name broken
    /// patches that nobody should be served an older release for.
    /// </summary>
    public UInt128 MaskOf(VersionSpecifiers? requiresPython)
    {
        if (requiresPython is null || requiresPython.Count == 0)
            return All;
        if (_pythonMasks.TryGetValue(requiresPython, out var mask))
            return mask;
        var allowed = requiresPython.Set.Hull();
        for (var i = 0; i < Environments.Count; i++)
        {
            var python = Environments[i].Python;
            if (python.IsSubsetOf(allowed))
                mask |= Bit(i);
            else if (!python.IsDisjointFrom(allowed))
                Decide(i, MarkerSet.ForPython(allowed), ref mask);
        }

        _pythonMasks.Add(requiresPython, mask);
        return mask;
    }

    /// <summary>
    /// Notes where the previous lock held two releases of one distribution in parts of one environment: they can be kept only where the
    /// parts are told apart.
    /// </summary>
    public void TellApart(IReadOnlyList<Preference> preferences)
    {
        foreach (var pins in preferences.GroupBy(preference => preference.Name).Where(group => group.Skip(1).Any()))
        {
            foreach (var environment in Environments)
            {
                var here = pins.Where(pin => !pin.Where.IsDisjointFrom(environment.Region)).ToList();
                if (here.Count > 1)
                    _splits.AddRange(here.Select(pin => pin.Where));
            }
        }
    }

    /// <summary>The environments, each that a recorded split cuts in two parts.</summary>
    public List<ResolutionEnvironment> Split()
    {
        var parts = Environments.ToList();
        foreach (var split in _splits)
        {
            for (var i = parts.Count - 1; i >= 0; i--)
            {
                var (inside, outside) = (parts[i].Region.And(split), parts[i].Region.Except(split));
                if (inside.IsEmpty || outside.IsEmpty)
                    continue;
                var whole = parts[i];
                parts[i] = Part(whole, outside);
                parts.Insert(i, Part(whole, inside));
            }
        }

        return parts;
    }

    private static ResolutionEnvironment Part(ResolutionEnvironment whole, MarkerSet region) => whole with
    {
        Region = region,
        Python = region.PythonVersions.Intersect(whole.Python),
    };

    private UInt128 Decide(Marker marker, ExtraName? extra)
    {
        UInt128 mask = 0;
        IReadOnlySet<ExtraName> extras = extra is { } name ? new HashSet<ExtraName> { name } : NoExtras;
        if (marker.IsDecidedByPlatformAndMinor)
        {
            for (var i = 0; i < Environments.Count; i++)
            {
                if (marker.Evaluate(Environments[i].Representative, extras))
                    mask |= Bit(i);
            }

            return mask;
        }

        var set = MarkerSet.Of(marker).AssumeExtras(extras);
        for (var i = 0; i < Environments.Count; i++)
            Decide(i, set, ref mask);
        return mask;
    }

    /// <summary>
    /// Interpreters decide, not versions that none has: 3.9.0.post1 lies between &gt;3.9.0 and 3.9.1, and to split there would never end.
    /// </summary>
    private void Decide(int environment, MarkerSet set, ref UInt128 mask)
    {
        if (Environments[environment].Region.Implies(set))
            mask |= Bit(environment);
        else if (!Environments[environment].Region.IsDisjointFrom(set))
            _splits.Add(set);
    }
}
