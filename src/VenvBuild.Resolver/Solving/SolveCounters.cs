namespace VenvBuild.Resolver;

/// <summary>How much work a solve was.</summary>
internal sealed class SolveCounters
{
    /// <summary>How many decisions may be made; more end the solve with a <see cref="SolveLimitException"/>.</summary>
    public int Limit { get; init; } = int.MaxValue;

    public int Decisions
    {
        get;
        set => field = value <= Limit ? value : throw new SolveLimitException();
    }

    public int Conflicts { get; set; }

    public int Solves { get; set; }
}
