namespace VenvBuild.Environments;

/// <summary>A file of the store that is not as it was made.</summary>
/// <param name="Part">The part of the store, such as <c>layers</c>.</param>
/// <param name="Owner">What the file belongs to: a wheel's or interpreter's name, or the part's again.</param>
/// <param name="Path">The file, absolute.</param>
/// <param name="Why">What is wrong with it.</param>
/// <param name="IsRemoved">Whether its owner was taken out, so that it is made anew when it is next needed.</param>
/// <param name="Environments">The environments that share the damaged bytes or may have copied them.</param>
public sealed record StoreDamage(string Part, string Owner, string Path, string Why, bool IsRemoved, IReadOnlyList<string> Environments);
