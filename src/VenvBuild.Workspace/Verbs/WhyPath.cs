namespace VenvBuild.Workspace;

/// <summary>A way from a request to a pin.</summary>
/// <param name="Request">The request, as the manifest writes it.</param>
/// <param name="Group">The group that asks, or null for the plain requirements.</param>
/// <param name="Steps">What follows: <c>requests 2.32.5 -> urllib3>=1.26,&lt;3</c>, a step each.</param>
public sealed record WhyPath(string Request, string? Group, IReadOnlyList<WhyStep> Steps)
{
    /// <summary>The way in one line, for people.</summary>
    public override string ToString() =>
        Request + (Group is null ? "" : $" (group {Group})")
        + string.Concat(Steps.Select(step => $" -> {step.From} asks for {step.Asks}{(step.Where is null ? "" : $" where {step.Where}")}"));
}
