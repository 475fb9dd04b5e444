namespace VenvBuild.Resolver;

/// <summary>
/// A step of a derivation as a person needs it: what does not move the argument on (a release that does not exist for the environment, the
/// bond between a distribution and its extras) is folded into the step beside it.
/// </summary>
/// <param name="Says">What the step says.</param>
/// <param name="Left">A step that it follows from; null, as <paramref name="Right"/>, for a fact.</param>
/// <param name="Right">The other one.</param>
internal sealed record DerivationStep(Incompatibility Says, DerivationStep? Left, DerivationStep? Right)
{
    public bool IsFact => Left is null;

    /// <summary>The steps that lead to a failure; without recursion, for derivations may be as deep as a search was long.</summary>
    public static DerivationStep Of(Incompatibility failure)
    {
        var done = new Dictionary<Incompatibility, DerivationStep>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Incompatibility>([failure]);
        while (open.TryPeek(out var next))
        {
            if (done.ContainsKey(next))
            {
                open.Pop();
            }
            else if (next.Cause is not Cause.Conflict conflict)
            {
                done.Add(next, new(next, null, null));
            }
            else if (done.TryGetValue(conflict.Left, out var left) && done.TryGetValue(conflict.Right, out var right))
            {
                done.Add(next, Fold(next, left, right));
            }
            else
            {
                open.Push(conflict.Left);
                open.Push(conflict.Right);
            }
        }

        return done[failure];
    }

    private static DerivationStep Fold(Incompatibility says, DerivationStep left, DerivationStep right)
    {
        if (AddsNothing(right, left, says))
            return left;
        return AddsNothing(left, right, says) ? right : new(says, left, right);
    }

    private static bool AddsNothing(DerivationStep step, DerivationStep other, Incompatibility conclusion) => step.Says.Cause switch
    {
        Cause.Extra => other.Says.Cause is not Cause.Extra,
        // What cannot be used was only taken out of a range; where it was all of the range, that is the point.
        Cause.Unavailable => Array.Exists(conclusion.Terms, term => ReferenceEquals(term.Package, step.Says.Terms[0].Package)),
        _ => false,
    };
}
