namespace VenvBuild.Resolver;

/// <summary>One step of a partial solution: a release decided on, or a term that follows from the steps before.</summary>
/// <param name="Term">What the step says.</param>
/// <param name="Accumulated">What all steps about the package up to this one say together.</param>
/// <param name="Level">How many decisions had been made, this one included.</param>
/// <param name="Index">The step's place among all steps.</param>
/// <param name="Cause">What it follows from; null for a decision.</param>
internal sealed record Assignment(Term Term, Term Accumulated, int Level, int Index, Incompatibility? Cause)
{
    public bool IsDecision => Cause is null;
}
