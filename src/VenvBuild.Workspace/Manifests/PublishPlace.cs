namespace VenvBuild.Workspace;

/// <summary>Where a manifest publishes environments: one of the two.</summary>
/// <param name="Repository">A repository of GitHub.</param>
/// <param name="Bucket">A bucket.</param>
internal sealed record PublishPlace(string? Repository, string? Bucket);
