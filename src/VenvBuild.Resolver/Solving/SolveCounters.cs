namespace VenvBuild.Resolver;

/// <summary>How much work a solve was.</summary>
internal sealed class SolveCounters
{
    // Often enough to show that it goes on, seldom enough to cost nothing.
    private const int DecisionsBetweenReports = 250;

    /// <summary>How many decisions may be made; more end the solve with a <see cref="SolveLimitException"/>.</summary>
    public int Limit { get; init; } = int.MaxValue;

    public int Decisions
    {
        get;
        set => field = value <= Limit ? value : throw new SolveLimitException();
    }

    public int Conflicts { get; set; }

    public int Solves { get; set; }

    /// <summary>How often packages changed turns.</summary>
    public int Reorderings { get; set; }

    public ResolutionStatistics ToStatistics(int packages) => new(Decisions, Conflicts, Solves, packages);

    /// <summary>Counts a decision.</summary>
    public void Decide(IProgress<ResolutionStatistics>? progress, int packages)
    {
        if (++Decisions % DecisionsBetweenReports == 0)
            progress?.Report(ToStatistics(packages));
    }
}
