namespace VenvBuild.Resolver;

/// <summary>A solve that was only tried took more decisions than it was allowed: what it would have found is not known.</summary>
internal sealed class SolveLimitException : Exception;
