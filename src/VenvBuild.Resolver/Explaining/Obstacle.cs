namespace VenvBuild.Resolver;

/// <summary>Why a release cannot be used in an environment.</summary>
/// <param name="Kind">The kind of reason.</param>
/// <param name="Text">The reason, as a clause that follows the release's name: <c>was yanked</c>.</param>
internal sealed record Obstacle(ObstacleKind Kind, string Text);
