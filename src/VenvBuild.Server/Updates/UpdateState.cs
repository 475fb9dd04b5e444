namespace VenvBuild.Server;

/// <summary>What became of a look for updates. The numbers are in the database.</summary>
internal enum UpdateState
{
    /// <summary>It is being solved.</summary>
    Solving = 0,

    /// <summary>There is nothing newer.</summary>
    Current = 1,

    /// <summary>There are updates; how their builds went is the grid's to say.</summary>
    Found = 2,

    /// <summary>The requests could not be solved.</summary>
    Failed = 3,
}
