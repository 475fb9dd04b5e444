namespace VenvBuild.Resolver.Tests;

/// <summary>Sets of places against the same sets as plain booleans.</summary>
public sealed class IndexSets
{
    private const int Size = 9;

    private static readonly Gen<bool[]> Members = Gen.Bool.Array[Size];

    [Fact]
    public void Hold_exactly_their_members() =>
        Members.Sample(members => Enumerable.Range(0, Size).All(i => IndexSet.Of(members).Contains(i) == members[i]));

    [Fact]
    public void Unite_intersect_and_complement_as_their_members_do() =>
        Gen.Select(Members, Members).Sample((left, right) =>
        {
            var (a, b) = (IndexSet.Of(left), IndexSet.Of(right));
            return Is(a.Union(b), i => left[i] || right[i])
                && Is(a.Intersect(b), i => left[i] && right[i])
                && Is(a.Except(b), i => left[i] && !right[i])
                && Is(a.Complement(Size), i => !left[i]);
        });

    [Fact]
    public void Know_subsets_and_disjoint_sets() =>
        Gen.Select(Members, Members).Sample((left, right) =>
        {
            var (a, b) = (IndexSet.Of(left), IndexSet.Of(right));
            return a.IsSubsetOf(b) == Enumerable.Range(0, Size).All(i => !left[i] || right[i])
                && a.IsDisjointFrom(b) == Enumerable.Range(0, Size).All(i => !left[i] || !right[i])
                && a.Equals(b) == left.SequenceEqual(right);
        });

    private static bool Is(IndexSet set, Func<int, bool> members) =>
        set.Equals(IndexSet.Of([.. Enumerable.Range(0, Size).Select(members)]));
}
