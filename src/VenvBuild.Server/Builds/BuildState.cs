namespace VenvBuild.Server;

/// <summary>How far an environment is. The numbers are in the database.</summary>
internal enum BuildState
{
    Queued = 0,
    Building = 1,
    Ready = 2,
    Failed = 3,
    Cancelled = 4,
}
