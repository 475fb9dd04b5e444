namespace VenvBuild.Workspace;

/// <summary>Whether a version that is not pinned would do.</summary>
/// <param name="Version">The version that was asked about.</param>
/// <param name="WouldDo">Whether there is an answer with it.</param>
/// <param name="Changes">What else would change, where it would do: a line each.</param>
/// <param name="Reason">Why it would not do: in one line what excludes it, then the derivation.</param>
public sealed record WhyVersion(string Version, bool WouldDo, IReadOnlyList<string> Changes, IReadOnlyList<string> Reason);
