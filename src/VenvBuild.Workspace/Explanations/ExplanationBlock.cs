namespace VenvBuild.Workspace;

/// <summary>A part of an explanation: a paragraph, or lines that stand as they are.</summary>
/// <param name="Language">
/// What the lines are, by the word behind the fence: <c>text</c> for what the tool says, <c>yaml</c> for the manifest, <c>toml</c> for the lock,
/// <c>sh</c> for commands; <c>wrong</c> after it marks what leads to the diagnostic. Null for a paragraph.
/// </param>
/// <param name="Text">The paragraph as one line, or the lines.</param>
public sealed record ExplanationBlock(string? Language, string Text);
