using System.Diagnostics;

namespace VenvBuild.Resolver;

/// <summary>What is decided and derived so far in one environment, step by step, so that steps can be taken back.</summary>
internal sealed class PartialSolution
{
    private readonly List<Assignment> _assignments = [];

    // By the package's number; numbers are dense.
    private List<Assignment>?[] _byPackage = new List<Assignment>?[64];

    /// <summary>How many decisions stand.</summary>
    public int Level { get; private set; }

    /// <summary>The decisions that stand, in their order.</summary>
    public IEnumerable<(SolverPackage Package, int Version)> Decisions =>
        from assignment in _assignments
        where assignment.IsDecision
        select (assignment.Term.Package, assignment.Term.Set.Lowest);

    /// <summary>The packages that must be selected and are not decided on yet, each with the releases that are left.</summary>
    public IEnumerable<Term> Undecided
    {
        get
        {
            foreach (var steps in _byPackage)
            {
                if (steps is { Count: > 0 } && steps[^1] is { IsDecision: false, Accumulated: { IsPositive: true } left })
                    yield return left;
            }
        }
    }

    /// <summary>All that is known of a package, or null when nothing is.</summary>
    public Term? Known(SolverPackage package) => Last(package)?.Accumulated;

    /// <summary>The release decided on, or null.</summary>
    public int? Decided(SolverPackage package) => Last(package) is { IsDecision: true } decision ? decision.Accumulated.Set.Lowest : null;

    /// <summary>The level at which a package was decided on, or null.</summary>
    public int? LevelOf(SolverPackage package) => Last(package) is { IsDecision: true } decision ? decision.Level : null;

    public SetRelation Relation(in Term term)
    {
        if (term.IsCertain)
            return SetRelation.Subset;
        if (term.IsImpossible)
            return SetRelation.Disjoint;
        return Last(term.Package) is { } last ? last.Accumulated.RelationTo(term) : SetRelation.Overlapping;
    }

    public void Decide(SolverPackage package, int version)
    {
        Level++;
        Assign(Term.Positive(package, IndexSet.Single(version)), null);
    }

    public Assignment Derive(Term term, Incompatibility cause) => Assign(term, cause);

    /// <summary>Takes back every step above a level.</summary>
    public void Backtrack(int level)
    {
        while (_assignments.Count > 0 && _assignments[^1].Level > level)
        {
            var last = _assignments[^1];
            _assignments.RemoveAt(_assignments.Count - 1);
            var steps = _byPackage[last.Term.Package.Id]!;
            Debug.Assert(ReferenceEquals(steps[^1], last), "Steps are taken back in the order opposite to that in which they were made.");
            steps.RemoveAt(steps.Count - 1);
            last.Wake();
        }

        Level = level;
    }

    /// <summary>The first step after which <paramref name="term"/> was true.</summary>
    public Assignment Satisfier(in Term term) =>
        First(term, SetRelation.Subset) ?? throw new UnreachableException($"Nothing makes '{term}' true.");

    /// <summary>The first step after which <paramref name="term"/>, which is false now, was false; null when it always was.</summary>
    public Assignment? Falsifier(in Term term) => term.IsImpossible ? null : First(term, SetRelation.Disjoint);

    // A decision is always the last step: every term about the package is true or false from then on.
    private Assignment? Last(SolverPackage package) =>
        package.Id < _byPackage.Length && _byPackage[package.Id] is { Count: > 0 } steps ? steps[^1] : null;

    /// <summary>The first step that settled a term, by halving: each step about a package says all that those before it say.</summary>
    private Assignment? First(in Term term, SetRelation settled)
    {
        var steps = _byPackage[term.Package.Id]!;
        int start = 0, end = steps.Count;
        while (start < end)
        {
            var middle = start + (end - start) / 2;
            if (steps[middle].Accumulated.RelationTo(term) == settled)
                end = middle;
            else
                start = middle + 1;
        }

        return start < steps.Count ? steps[start] : null;
    }

    private Assignment Assign(Term term, Incompatibility? cause)
    {
        var id = term.Package.Id;
        if (id >= _byPackage.Length)
            Array.Resize(ref _byPackage, Math.Max(id + 1, 2 * _byPackage.Length));
        var steps = _byPackage[id] ??= [];
        var accumulated = steps.Count == 0 ? term : steps[^1].Accumulated.Intersect(term);
        var assignment = new Assignment(term, accumulated, Level, _assignments.Count, cause);
        _assignments.Add(assignment);
        steps.Add(assignment);
        return assignment;
    }
}
