using System.Globalization;

namespace VenvBuild.Resolver;

/// <summary>
/// Writes the steps from facts to a conclusion as sentences. A step that several others rest on is numbered and said once; where there are
/// more steps than a person reads, the facts they rest on are listed instead, those of one kind as one.
/// </summary>
internal sealed class Derivation(IncompatibilityProse prose)
{
    private const int MaxLines = 24;

    private readonly List<string> _lines = [];
    private readonly Dictionary<Incompatibility, int> _uses = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Incompatibility, int> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <summary>The lines; the last one is the conclusion.</summary>
    public IReadOnlyList<string> Write(Incompatibility failure)
    {
        if (failure.Cause is not Cause.Conflict)
            return [$"Because {prose.Say(failure)}, {Conclusion}."];
        if (CountSteps(failure) > MaxLines)
            return Facts(failure);
        Visit(failure, isConclusion: false);
        return _lines;
    }

    private const string Conclusion = "the requests cannot be satisfied";

    private int CountSteps(Incompatibility failure)
    {
        var open = new Stack<Incompatibility>([failure]);
        while (open.TryPop(out var next))
        {
            if (next.Cause is not Cause.Conflict conflict)
                continue;
            _uses[next] = _uses.GetValueOrDefault(next) + 1;
            if (_uses[next] > 1)
                continue;
            open.Push(conflict.Left);
            open.Push(conflict.Right);
        }

        return _uses.Count;
    }

    private void Visit(Incompatibility step, bool isConclusion)
    {
        var conflict = (Cause.Conflict)step.Cause;
        var (left, right) = (conflict.Left, conflict.Right);
        if (IsDerived(left) && IsDerived(right))
            VisitBoth(step, left, right, isConclusion);
        else if (IsDerived(left) || IsDerived(right))
            VisitOne(step, IsDerived(left) ? left : right, IsDerived(left) ? right : left, isConclusion);
        else
            Say(step, $"Because {prose.Say(left)} and {prose.Say(right)}, {Consequence(step)}.", isConclusion);
    }

    private void VisitBoth(Incompatibility step, Incompatibility left, Incompatibility right, bool isConclusion)
    {
        if (_numbers.TryGetValue(left, out var leftNumber) && _numbers.TryGetValue(right, out var rightNumber))
        {
            Say(step, $"Because {prose.Say(left)} ({Text(leftNumber)}) and {prose.Say(right)} ({Text(rightNumber)}), {Consequence(step)}.", isConclusion);
            return;
        }

        var (told, untold) = _numbers.ContainsKey(left) ? (left, right) : (right, left);
        if (!_numbers.ContainsKey(told))
            Visit(told, isConclusion: true);
        if (!_numbers.ContainsKey(untold))
            Visit(untold, isConclusion: false);
        Say(step, $"And because {prose.Say(told)} ({Text(_numbers[told])}), {Consequence(step)}.", isConclusion);
    }

    private void VisitOne(Incompatibility step, Incompatibility derived, Incompatibility fact, bool isConclusion)
    {
        if (_numbers.TryGetValue(derived, out var number))
        {
            Say(step, $"Because {prose.Say(fact)} and {prose.Say(derived)} ({Text(number)}), {Consequence(step)}.", isConclusion);
            return;
        }

        // A step that nothing else rests on and that itself adds one fact only is told in the same sentence.
        if (_uses[derived] == 1 && derived.Cause is Cause.Conflict inner && IsDerived(inner.Left) != IsDerived(inner.Right))
        {
            var (earlier, other) = IsDerived(inner.Left) ? (inner.Left, inner.Right) : (inner.Right, inner.Left);
            if (_numbers.TryGetValue(earlier, out var earlierNumber))
            {
                Say(step, $"Because {prose.Say(other)} and {prose.Say(earlier)} ({Text(earlierNumber)}), and {prose.Say(fact)}, {Consequence(step)}.", isConclusion);
                return;
            }

            Visit(earlier, isConclusion: false);
            Say(step, $"And because {prose.Say(other)} and {prose.Say(fact)}, {Consequence(step)}.", isConclusion);
            return;
        }

        Visit(derived, isConclusion: false);
        Say(step, $"And because {prose.Say(fact)}, {Consequence(step)}.", isConclusion);
    }

    private void Say(Incompatibility step, string sentence, bool isConclusion)
    {
        if (isConclusion || _uses.GetValueOrDefault(step) > 1)
        {
            _numbers[step] = _numbers.Count + 1;
            sentence = $"({Text(_numbers[step])}) {sentence}";
        }

        _lines.Add(sentence);
    }

    private List<string> Facts(Incompatibility failure)
    {
        var lines = new List<string> { "These facts leave no choice:" };
        var byKind = new Dictionary<(SolverPackage, SolverPackage), List<Incompatibility>>();
        foreach (var fact in Refusal.Externals(failure))
        {
            if (fact.Cause is Cause.Dependency { Depender.IsRoot: false } cause)
            {
                var kind = (cause.Depender, cause.Requirement.Package);
                if (!byKind.TryGetValue(kind, out var facts))
                    byKind.Add(kind, facts = []);
                facts.Add(fact);
            }
            else if (lines.Count < MaxLines)
            {
                lines.Add($"- {prose.Say(fact)}");
            }
        }

        foreach (var (kind, facts) in byKind.OrderByDescending(entry => entry.Value.Count).Take(MaxLines - 4))
        {
            var releases = facts.Select(fact => fact.Terms[0].Set).Aggregate((all, set) => all.Union(set));
            var newest = facts.MaxBy(fact => fact.Terms[0].Set.Highest)!;
            lines.Add(facts.Count == 1
                ? $"- {prose.Say(newest)}"
                : $"- {IncompatibilityProse.Name(Term.Positive(kind.Item1, releases))} depends on {kind.Item2} (the newest of them: {((Cause.Dependency)newest.Cause).Requirement.Requirement.Specifiers})");
        }

        if (byKind.Count > MaxLines - 4)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"- and {byKind.Count - MaxLines + 4} dependencies more"));
        lines.Add($"So {Conclusion}.");
        return lines;
    }

    private string Consequence(Incompatibility step) => step.IsFailure ? Conclusion : prose.Say(step);

    private static bool IsDerived(Incompatibility incompatibility) => incompatibility.Cause is Cause.Conflict;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
