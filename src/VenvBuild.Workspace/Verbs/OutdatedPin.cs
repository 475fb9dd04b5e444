namespace VenvBuild.Workspace;

/// <summary>A pin that is not the newest release.</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Current">The pinned version, or versions where the targets have different ones.</param>
/// <param name="Fits">The newest version that all requests allow: what <c>lock --upgrade</c> would take; null where it would need none.</param>
/// <param name="Newest">The newest release that is offered at all.</param>
/// <param name="HeldBackBy">What keeps <paramref name="Newest"/> from being taken, a line each; none where it is free to be taken.</param>
public sealed record OutdatedPin(string Name, string Current, string? Fits, string Newest, IReadOnlyList<string> HeldBackBy);
