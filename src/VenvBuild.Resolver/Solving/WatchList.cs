namespace VenvBuild.Resolver;

/// <summary>
/// What a search looks at when more becomes known about a package: of the incompatibilities that speak of it, those that hold in the search's
/// environment and have no term that is known to be false. The others sleep with the first step that makes one of their terms false, and
/// wake when that is taken back. It is what watched terms are to a SAT solver, for terms that are sets: a package of which a thousand
/// releases were tried has a thousand incompatibilities, of which all but a few are about releases that are out of the question.
/// </summary>
internal sealed class WatchList(SolverPackage package, UInt128 environment)
{
    // The oldest first, always: what follows from several is then found in one order, whoever slept in between.
    private readonly List<Incompatibility> _awake = [];
    private int _lastSeen = -1;

    public int Count => _awake.Count;

    public Incompatibility this[int index] => _awake[index];

    /// <summary>Takes over what was attached to the package since the last time.</summary>
    public void Refresh()
    {
        var all = package.Incompatibilities;
        var start = all.Count;
        while (start > 0 && all[start - 1].Number > _lastSeen)
            start--;
        _awake.EnsureCapacity(_awake.Count + all.Count - start);
        for (var i = start; i < all.Count; i++)
        {
            if ((all[i].Environments & environment) != 0)
                _awake.Add(all[i]);
        }

        if (all.Count > 0)
            _lastSeen = all[^1].Number;
    }

    public void RemoveAt(int index) => _awake.RemoveAt(index);

    /// <summary>Puts an incompatibility that slept back to its place.</summary>
    public void Wake(Incompatibility incompatibility)
    {
        var place = _awake.Count;
        while (place > 0 && _awake[place - 1].Number > incompatibility.Number)
            place--;
        _awake.Insert(place, incompatibility);
    }
}
