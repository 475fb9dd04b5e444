using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Server;

/// <summary>What a solve learnt of the indexes.</summary>
internal sealed record Observation(IReadOnlyList<ReleaseList> Lists, IReadOnlyList<(Release Release, CoreMetadata Metadata)> Metadata);
