namespace VenvBuild.Workspace;

/// <summary>A key, without what must stay secret.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">The id of the key that signs, or that is shown.</param>
/// <param name="PublicKey">Its public half in PEM.</param>
/// <param name="PublicPath">The file of its public half for the manifest's <c>trust</c>, absolute; null where none was written.</param>
/// <param name="PrivatePath">The file of its private half, absolute; null where there is none.</param>
/// <param name="Former">The ids of the keys that it replaced, newest first.</param>
public sealed record KeyOutcome(string Name, string Id, string PublicKey, string? PublicPath, string? PrivatePath, IReadOnlyList<string> Former);
