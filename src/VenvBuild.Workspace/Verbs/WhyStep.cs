namespace VenvBuild.Workspace;

/// <summary>One dependency on the way to a pin.</summary>
/// <param name="From">The pin that asks.</param>
/// <param name="Asks">What it asks for: name, extras and bounds.</param>
/// <param name="Where">The marker under which it does, or null for always.</param>
public sealed record WhyStep(string From, string Asks, string? Where);
