namespace VenvBuild.Packaging;

/// <summary>All that a marker can be asked in.</summary>
internal readonly record struct MarkerContext(
    MarkerEnvironment Environment,
    IReadOnlySet<ExtraName>? Extras,
    IReadOnlySet<ExtraName>? Groups);
