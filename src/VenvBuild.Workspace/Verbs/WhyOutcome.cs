namespace VenvBuild.Workspace;

/// <summary>Why a distribution is pinned as it is, or is not pinned.</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Pins">Its pins, a version each; none where nothing needs it.</param>
/// <param name="Paths">The ways from a request to it, the shortest first.</param>
/// <param name="HasMorePaths">Whether there are more ways than are listed.</param>
/// <param name="Bounds">Who asks for which versions of it.</param>
/// <param name="Unasked">Who names it and does not ask for it here: because of a marker or an extra.</param>
/// <param name="Unread">The pins whose metadata could not be read, and why: what they need is told by the lock alone, without bounds.</param>
/// <param name="Version">The answer to the question why not a certain version, where that was asked.</param>
public sealed record WhyOutcome(
    string Name,
    IReadOnlyList<string> Pins,
    IReadOnlyList<WhyPath> Paths,
    bool HasMorePaths,
    IReadOnlyList<WhyBound> Bounds,
    IReadOnlyList<string> Unasked,
    IReadOnlyList<string> Unread,
    WhyVersion? Version = null);
