namespace VenvBuild.Workspace;

/// <summary>One thing that <c>doctor</c> looked at.</summary>
/// <param name="Subject">What was looked at, such as <c>interpreters</c>.</param>
/// <param name="IsGood">Whether it is as it should be.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">What to do where it is not good.</param>
public sealed record DoctorFinding(string Subject, bool IsGood, string Text, string? Remedy = null);
