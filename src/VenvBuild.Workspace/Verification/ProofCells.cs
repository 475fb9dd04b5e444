using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// The manifest's targets, cut so finely that every marker in play is true or false in the whole of each cell. What holds in each cell
/// holds on every machine that is meant, whatever its patch release of Python.
/// </summary>
internal sealed class ProofCells
{
    /// <summary>More than any real lock tells apart; each further question can double them.</summary>
    private const int MaxCells = 2048;

    private static readonly IReadOnlySet<ExtraName> NoExtras = new HashSet<ExtraName>();

    private readonly Dictionary<(Marker Marker, ExtraName Extra), bool[]> _holding = [];
    private readonly bool[] _everywhere;

    private ProofCells(List<ResolutionEnvironment> cells)
    {
        Cells = cells;
        _everywhere = new bool[cells.Count];
        Array.Fill(_everywhere, true);
    }

    public IReadOnlyList<ResolutionEnvironment> Cells { get; }

    public int Count => Cells.Count;

    /// <summary>Cuts environments; null when that makes more cells than can be looked at.</summary>
    /// <param name="environments">What the manifest wants served.</param>
    /// <param name="served">Where the lock says that it serves; cells outside it, which need not be served, are left out.</param>
    /// <param name="questions">Each set that must not hold in a part of a cell only.</param>
    public static ProofCells? Cut(IReadOnlyList<ResolutionEnvironment> environments, MarkerSet served, IEnumerable<MarkerSet> questions)
    {
        var cells = environments.ToList();
        foreach (var question in questions.Prepend(served).Distinct())
        {
            for (var i = cells.Count - 1; i >= 0; i--)
            {
                var whole = cells[i];
                if (whole.Region.Implies(question) || whole.Region.IsDisjointFrom(question))
                    continue;
                cells[i] = Part(whole, whole.Region.Except(question));
                cells.Insert(i, Part(whole, whole.Region.And(question)));
                if (cells.Count > MaxCells)
                    return null;
            }
        }

        cells.RemoveAll(cell => !cell.IsRequired && cell.Region.IsDisjointFrom(served));
        return new(cells);
    }

    /// <summary>What a marker asks beyond platform and minor, for a distribution and each of the extras that may be asked of it.</summary>
    public static IEnumerable<MarkerSet> Questions(Marker? marker, IEnumerable<ExtraName> extras)
    {
        if (marker is null || marker.IsDecidedByPlatformAndMinor)
            yield break;
        var set = MarkerSet.Of(marker);
        yield return set.AssumeExtras(NoExtras);
        if ((marker.Fields & MarkerFields.Extra) == 0)
            yield break;
        foreach (var extra in extras)
            yield return set.AssumeExtras(new HashSet<ExtraName> { extra });
    }

    /// <summary>Whether a marker is true or false in the whole of each cell, as all are that the cells were cut by.</summary>
    public bool Knows(Marker? marker) => Questions(marker, []).All(question => Cells.All(cell => cell.Region.Implies(question) || cell.Region.IsDisjointFrom(question)));

    /// <summary>For each cell, whether a marker holds there, for a distribution itself or one of its extras.</summary>
    public bool[] Holding(Marker? marker, ExtraName? extra)
    {
        if (marker is null)
            return _everywhere;
        if ((marker.Fields & MarkerFields.Extra) == 0)
            extra = null;
        var key = (marker, extra ?? default);
        if (!_holding.TryGetValue(key, out var holding))
            _holding.Add(key, holding = Decide(marker, extra));
        return holding;
    }

    /// <summary>Whether a Requires-Python lets every interpreter of an environment in; holes in it name broken patches and do not count.</summary>
    public static bool Admits(VersionSpecifiers? requiresPython, ResolutionEnvironment environment)
    {
        if (requiresPython is null || requiresPython.Count == 0)
            return true;
        var allowed = requiresPython.Set.Hull();
        // Versions lie between those that interpreters have, so what the versions leave open the interpreters decide.
        return environment.Python.IsSubsetOf(allowed)
            || (!environment.Python.IsDisjointFrom(allowed) && environment.Region.Implies(MarkerSet.ForPython(allowed)));
    }

    private bool[] Decide(Marker marker, ExtraName? extra)
    {
        IReadOnlySet<ExtraName> extras = extra is { } name ? new HashSet<ExtraName> { name } : NoExtras;
        var holding = new bool[Count];
        if (marker.IsDecidedByPlatformAndMinor)
        {
            for (var i = 0; i < holding.Length; i++)
                holding[i] = marker.Evaluate(Cells[i].Representative, extras);
            return holding;
        }

        var set = MarkerSet.Of(marker).AssumeExtras(extras);
        for (var i = 0; i < holding.Length; i++)
            holding[i] = Cells[i].Region.Implies(set);
        return holding;
    }

    private static ResolutionEnvironment Part(ResolutionEnvironment whole, MarkerSet region) => whole with
    {
        Region = region,
        Python = region.PythonVersions.Intersect(whole.Python),
    };
}
