namespace VenvBuild.Server;

/// <summary>A project whose pins differ between two locks.</summary>
/// <param name="Name">The project.</param>
/// <param name="Before">The versions that the first lock pins; none where it does not have the project.</param>
/// <param name="After">The same of the second.</param>
internal sealed record LockDifference(string Name, IReadOnlyList<string> Before, IReadOnlyList<string> After);
