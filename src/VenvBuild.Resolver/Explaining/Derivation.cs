using System.Globalization;

namespace VenvBuild.Resolver;

/// <summary>
/// Writes the steps from facts to a conclusion as sentences. A step that several others rest on is numbered and said once; where there are
/// more steps than a person reads, the facts that they rest on are listed instead.
/// </summary>
internal sealed class Derivation(IncompatibilityProse prose)
{
    private const int MaxSentences = 10;

    private readonly List<string> _sentences = [];
    private readonly Dictionary<DerivationLine, int> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <summary>The sentences; the last one is the conclusion.</summary>
    public IReadOnlyList<string> Write(Incompatibility failure)
    {
        var step = DerivationStep.Of(failure);
        if (step.IsFact)
            return [$"Because {Facts([step.Says])}, {IncompatibilityProse.Conclusion}."];
        var last = DerivationLine.Of(step);
        if (last.All().Count > MaxSentences)
            return new FactList(prose).Write(failure);
        Tell(last, mayNumber: false);
        return _sentences;
    }

    private void Tell(DerivationLine line, bool mayNumber)
    {
        // The sentence that is told last is continued without a number; what was told before has one.
        var untold = line.Earlier.Where(earlier => !_numbers.ContainsKey(earlier)).ToList();
        var before = new List<string>();
        for (var i = 0; i < untold.Count; i++)
        {
            if (_numbers.ContainsKey(untold[i]))
                continue;
            Tell(untold[i], mayNumber: i < untold.Count - 1 || untold[i].Uses > 1);
        }

        // From the requests outwards, unless the requests are what settles it.
        var continued = untold.Count > 0 ? untold[^1] : null;
        foreach (var earlier in line.Earlier.Where(earlier => !ReferenceEquals(earlier, continued)))
            before.Add(string.Create(CultureInfo.InvariantCulture, $"{prose.Say(earlier.Says)} ({_numbers[earlier]})"));
        var groups = line.Facts.OrderBy(group => group.IsRequests && continued is not null).ThenBy(group => group.Subject.Id).ThenBy(group => group.First.Cause is not Cause.Dependency).ToList();
        before.AddRange(groups.Select(group => prose.Say(group, groups)));
        var start = continued is null ? "Because" : "And because";
        var conclusion = line.Says.IsFailure ? IncompatibilityProse.Conclusion : prose.Say(line.Says);
        var sentence = before.Count == 0 ? $"So {conclusion}." : $"{start} {Join(before)}, {conclusion}.";
        if (mayNumber)
        {
            _numbers[line] = _numbers.Count + 1;
            sentence = string.Create(CultureInfo.InvariantCulture, $"({_numbers[line]}) {sentence}");
        }

        _sentences.Add(sentence);
    }

    private string Facts(IEnumerable<Incompatibility> facts)
    {
        var groups = new List<FactGroup>();
        foreach (var fact in facts)
            FactGroup.Add(groups, fact);
        return Join([.. groups.Select(group => prose.Say(group, groups))]);
    }

    private static string Join(List<string> clauses)
    {
        clauses = Together(clauses);
        var hasInner = clauses.Count > 0 && clauses[0].Contains(" and ", StringComparison.Ordinal);
        return clauses.Count switch
        {
            1 => clauses[0],
            2 when !hasInner => $"{clauses[0]} and {clauses[1]}",
            _ => $"{string.Join(", ", clauses.Take(clauses.Count - 1))}, and {clauses[^1]}",
        };
    }

    /// <summary>What one and the same asks for is said in one clause.</summary>
    private static List<string> Together(List<string> clauses)
    {
        const string Verb = " depends on ";
        var together = new List<string>();
        foreach (var clause in clauses)
        {
            var verb = clause.IndexOf(Verb, StringComparison.Ordinal);
            var isSame = verb > 0 && together.Count > 0 && !together[^1].Contains(',', StringComparison.Ordinal)
                && together[^1].StartsWith(clause[..(verb + Verb.Length)], StringComparison.Ordinal);
            if (isSame)
                together[^1] += $" and {clause[(verb + Verb.Length)..]}";
            else
                together.Add(clause);
        }

        return together;
    }
}
