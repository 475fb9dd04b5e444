namespace VenvBuild.Resolver;

/// <summary>When a package's turn comes. Only speed depends on it: what keeps being refused is decided early, what keeps refusing late.</summary>
internal enum DecisionPriority
{
    Early,
    AsMet,
    Late,
}
