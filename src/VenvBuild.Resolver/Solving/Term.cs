namespace VenvBuild.Resolver;

/// <summary>
/// A statement about one package: that a release of <see cref="Set"/> is selected or, where not positive, that none of them is
/// (another one may be, or none at all).
/// </summary>
internal readonly record struct Term(SolverPackage Package, bool IsPositive, IndexSet Set)
{
    public static Term Positive(SolverPackage package, IndexSet set) => new(package, true, set);

    public static Term Negative(SolverPackage package, IndexSet set) => new(package, false, set);

    public Term Inverse => this with { IsPositive = !IsPositive };

    /// <summary>Whether nothing can make the term true: a selection out of no releases.</summary>
    public bool IsImpossible => IsPositive && Set.IsEmpty;

    /// <summary>Whether nothing can make the term false.</summary>
    public bool IsCertain => !IsPositive && Set.IsEmpty;

    /// <summary>What both terms say together.</summary>
    public Term Intersect(Term other) => (IsPositive, other.IsPositive) switch
    {
        (true, true) => this with { Set = Set.Intersect(other.Set) },
        (true, false) => this with { Set = Set.Except(other.Set) },
        (false, true) => other with { Set = other.Set.Except(Set) },
        _ => this with { Set = Set.Union(other.Set) },
    };

    /// <summary>
    /// How this term, held to be true, bears on another one about the same package. Most often it makes it false, so that is asked first.
    /// </summary>
    public SetRelation RelationTo(in Term other) => (IsPositive, other.IsPositive) switch
    {
        (true, true) => Set.IsDisjointFrom(other.Set) ? SetRelation.Disjoint : Set.IsSubsetOf(other.Set) ? SetRelation.Subset : SetRelation.Overlapping,
        (true, false) => Set.IsSubsetOf(other.Set) ? SetRelation.Disjoint : Set.IsDisjointFrom(other.Set) ? SetRelation.Subset : SetRelation.Overlapping,
        (false, true) => other.Set.IsSubsetOf(Set) ? SetRelation.Disjoint : SetRelation.Overlapping,
        _ => other.Set.IsSubsetOf(Set) ? SetRelation.Subset : SetRelation.Overlapping,
    };

    public bool Satisfies(Term other) => RelationTo(other) == SetRelation.Subset;

    public override string ToString() => $"{(IsPositive ? "" : "not ")}{Package} {Set}";
}
