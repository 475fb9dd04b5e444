namespace VenvBuild.Workspace;

/// <summary>Who bounds the versions of a distribution.</summary>
/// <param name="By">A pin, <c>pyenv.yaml</c>, a group, a constraint or an override.</param>
/// <param name="Specifiers">The versions that will do; empty for all.</param>
/// <param name="Where">The marker under which that counts, or null for always.</param>
public sealed record WhyBound(string By, string Specifiers, string? Where);
