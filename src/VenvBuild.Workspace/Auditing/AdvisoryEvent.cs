using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>An event of a range.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Version">At which version; null for the beginning (<c>introduced: "0"</c>) or for no limit (<c>limit: "*"</c>).</param>
internal sealed record AdvisoryEvent(AdvisoryEventKind Kind, PackageVersion? Version);
