using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A pin in a bill of materials.</summary>
/// <param name="Package">The pin.</param>
/// <param name="Url">Its package URL.</param>
/// <param name="Reference">What names it in the bill, unlike all others.</param>
/// <param name="License">What it says about its licence.</param>
/// <param name="Summary">What it says it is; null where it does not, or where that could not be read.</param>
/// <param name="Sources">Its files.</param>
/// <param name="Needs">The places of the components that it needs, ascending.</param>
internal sealed record MaterialsComponent(
    LockedPackage Package, string Url, string Reference, LicenseStatement License, string? Summary, IReadOnlyList<ExportedSource> Sources, IReadOnlyList<int> Needs);
