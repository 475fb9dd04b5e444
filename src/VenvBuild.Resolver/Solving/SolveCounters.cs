namespace VenvBuild.Resolver;

/// <summary>How much work a solve was.</summary>
internal sealed class SolveCounters
{
    public int Decisions { get; set; }

    public int Conflicts { get; set; }

    public int Solves { get; set; }
}
