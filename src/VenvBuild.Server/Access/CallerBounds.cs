namespace VenvBuild.Server;

/// <summary>A token's own bounds; null where the server's hold.</summary>
internal sealed record CallerBounds(int? SolvesADay, int? BuildsADay, long? StoredBytes);
