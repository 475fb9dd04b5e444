using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

/// <summary>What a search looks at, and what it leaves asleep.</summary>
public sealed class WatchLists
{
    private const int Here = 1, Elsewhere = 2;

    private readonly SolverPackage _package = Package(1);
    private readonly PartialSolution _solution = new();
    private readonly WatchList _list;
    private int _attached;

    public WatchLists() => _list = new(_package, Here);

    [Fact]
    public void Hold_what_counts_here_the_oldest_first()
    {
        var (first, second) = (Forbid(1, Here), Forbid(2, Here | Elsewhere));
        Forbid(3, Elsewhere);
        _list.Refresh();
        Assert.Equal([first, second], Awake());
        var third = Forbid(4, Here);
        _list.Refresh();
        Assert.Equal([first, second, third], Awake());
    }

    [Fact]
    public void Take_back_what_slept_at_its_place_when_the_step_is_taken_back()
    {
        Incompatibility[] all = [Forbid(1, Here), Forbid(2, Here), Forbid(3, Here), Forbid(4, Here)];
        _list.Refresh();
        var standing = _solution.Derive(Term.Negative(_package, IndexSet.Single(1)), all[0]);
        _solution.Decide(_package, 4);
        Sleep(2);
        Sleep(1);
        Sleep(0);
        Assert.Equal([all[3]], Awake());
        var fifth = Forbid(5, Here);
        _list.Refresh();

        _solution.Backtrack(0);

        Assert.Same(standing, _solution.Falsifier(all[0].Terms[0]));
        Assert.Equal([all[1], all[2], all[3], fifth], Awake());
    }

    [Fact]
    public void Put_to_sleep_with_the_first_step_that_makes_a_term_false()
    {
        var cause = Forbid(0, Here);
        var first = _solution.Derive(Term.Negative(_package, IndexSet.Range(0, 3)), cause);
        var second = _solution.Derive(Term.Negative(_package, IndexSet.Range(3, 6)), cause);
        _solution.Decide(_package, 8);
        Assert.Same(first, _solution.Falsifier(Term.Positive(_package, IndexSet.Single(1))));
        Assert.Same(second, _solution.Falsifier(Term.Positive(_package, IndexSet.Range(2, 5))));
        Assert.True(_solution.Falsifier(Term.Positive(_package, IndexSet.Single(7)))!.IsDecision);
        Assert.Null(_solution.Falsifier(Term.Positive(_package, IndexSet.Empty)));
    }

    private static SolverPackage Package(int id)
    {
        var name = PackageName.Parse("package");
        return new(id, new(name, [.. Enumerable.Range(0, 10).Select(i => new Release(name, PackageVersion.FromRelease(i), []))]), null, null);
    }

    private void Sleep(int index)
    {
        var incompatibility = _list[index];
        _list.RemoveAt(index);
        _solution.Falsifier(incompatibility.Terms[0])!.PutToSleep(incompatibility, _list);
    }

    private Incompatibility Forbid(int version, int environments)
    {
        var incompatibility = new Incompatibility([Term.Positive(_package, IndexSet.Single(version))], new Cause.Unusable("it is broken"), (UInt128)environments);
        incompatibility.Attach(_attached++);
        return incompatibility;
    }

    private IEnumerable<Incompatibility> Awake() => Enumerable.Range(0, _list.Count).Select(i => _list[i]);
}
