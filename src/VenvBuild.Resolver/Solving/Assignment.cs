namespace VenvBuild.Resolver;

/// <summary>One step of a partial solution: a release decided on, or a term that follows from the steps before.</summary>
internal sealed class Assignment(Term term, Term accumulated, int level, int index, Incompatibility? cause)
{
    private Sleeper? _sleepers;

    /// <summary>What the step says.</summary>
    public Term Term { get; } = term;

    /// <summary>What all steps about the package up to this one say together.</summary>
    public Term Accumulated { get; } = accumulated;

    /// <summary>How many decisions had been made, this one included.</summary>
    public int Level { get; } = level;

    /// <summary>The step's place among all steps.</summary>
    public int Index { get; } = index;

    /// <summary>What it follows from; null for a decision.</summary>
    public Incompatibility? Cause { get; } = cause;

    public bool IsDecision => Cause is null;

    /// <summary>Keeps an incompatibility that the step makes false out of sight until the step is taken back.</summary>
    public void PutToSleep(Incompatibility incompatibility, WatchList list) => _sleepers = new(incompatibility, list, _sleepers);

    /// <summary>Wakes what sleeps, when the step is taken back.</summary>
    public void Wake()
    {
        for (; _sleepers is not null; _sleepers = _sleepers.Next)
            _sleepers.List.Wake(_sleepers.Incompatibility);
    }

    private sealed record Sleeper(Incompatibility Incompatibility, WatchList List, Sleeper? Next);
}
