using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>Who must have attested to the files of some distributions (<c>trust: publishers</c>).</summary>
/// <param name="Packages">Patterns of the distributions' names, such as <c>corp-*</c>.</param>
/// <param name="Publisher">The publisher.</param>
public sealed record ManifestPublisher(IReadOnlyList<string> Packages, Publisher Publisher);
