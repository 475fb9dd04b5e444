namespace VenvBuild.Resolver;

/// <summary>
/// When a package's turn comes: what keeps being refused is decided early, what keeps refusing late. Whether there is an answer never depends
/// on it; which of several packages gets the newest where not all can does.
/// </summary>
internal enum DecisionPriority
{
    Early,
    AsMet,
    Late,
}
