using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>What a solve learnt of the indexes.</summary>
internal sealed record Observation(IReadOnlyList<SeenPage> Pages, IReadOnlyList<SeenMetadata> Metadata);

/// <summary>A page that an index sent or confirmed.</summary>
/// <param name="Origin">The root of the index.</param>
/// <param name="Name">The project.</param>
/// <param name="Page">What it says.</param>
/// <param name="Checked">When the index said so, in milliseconds since 1970; 0 where only a cache did.</param>
internal sealed record SeenPage(Uri Origin, PackageName Name, IndexPage Page, long Checked);

/// <summary>What was learnt about a file's metadata.</summary>
internal sealed record SeenMetadata(IndexFile File, ReadOnlyMemory<byte> Content);
