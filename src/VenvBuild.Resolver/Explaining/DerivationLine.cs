namespace VenvBuild.Resolver;

/// <summary>A sentence of a derivation: facts and earlier sentences, and what follows from them. Short steps share a sentence.</summary>
internal sealed class DerivationLine
{
    // More facts than these make a sentence that must be read twice.
    private const int MaxFacts = 3;

    private DerivationLine(Incompatibility says) => Says = says;

    /// <summary>What follows.</summary>
    public Incompatibility Says { get; }

    /// <summary>The facts from outside, those of one kind together.</summary>
    public List<FactGroup> Facts { get; private set; } = [];

    /// <summary>The sentences that it rests on.</summary>
    public List<DerivationLine> Earlier { get; } = [];

    /// <summary>How many sentences rest on it.</summary>
    public int Uses { get; private set; }

    /// <summary>The last sentence, which leads to all others.</summary>
    public static DerivationLine Of(DerivationStep conclusion)
    {
        var uses = CountUses(conclusion);
        var lines = new Dictionary<DerivationStep, DerivationLine>(ReferenceEqualityComparer.Instance);
        var open = new Stack<DerivationStep>([conclusion]);
        while (open.TryPeek(out var step))
        {
            if (lines.ContainsKey(step))
            {
                open.Pop();
                continue;
            }

            var parts = new[] { step.Left!, step.Right! }.Where(part => !part.IsFact).ToList();
            if (parts.TrueForAll(lines.ContainsKey))
                lines.Add(step, Make(step, part => uses[part] == 1, lines));
            else
                parts.FindAll(part => !lines.ContainsKey(part)).ForEach(open.Push);
        }

        var last = lines[conclusion];
        foreach (var line in last.All().SelectMany(line => line.Earlier))
            line.Uses++;
        return last;
    }

    /// <summary>This sentence and all that it rests on, each once.</summary>
    public IReadOnlyList<DerivationLine> All()
    {
        var met = new HashSet<DerivationLine>(ReferenceEqualityComparer.Instance);
        var all = new List<DerivationLine>();
        var open = new Stack<DerivationLine>([this]);
        while (open.TryPop(out var line))
        {
            if (!met.Add(line))
                continue;
            all.Add(line);
            line.Earlier.ForEach(open.Push);
        }

        return all;
    }

    private static DerivationLine Make(DerivationStep step, Func<DerivationStep, bool> isUsedOnce, Dictionary<DerivationStep, DerivationLine> lines)
    {
        var line = new DerivationLine(step.Says);
        DerivationStep[] parts = [step.Left!, step.Right!];
        foreach (var part in parts.Where(part => part.IsFact))
            FactGroup.Add(line.Facts, part.Says);
        foreach (var part in parts.Where(part => !part.IsFact))
        {
            var earlier = lines[part];
            var together = FactGroup.Union(earlier.Facts, line.Facts);
            var isShort = together.Count <= MaxFacts && line.Earlier.Count + earlier.Earlier.Count <= 1;
            if (isUsedOnce(part) && isShort)
            {
                line.Facts = together;
                line.Earlier.AddRange(earlier.Earlier);
            }
            else
            {
                line.Earlier.Add(earlier);
            }
        }

        return line;
    }

    private static Dictionary<DerivationStep, int> CountUses(DerivationStep conclusion)
    {
        var uses = new Dictionary<DerivationStep, int>(ReferenceEqualityComparer.Instance);
        var open = new Stack<DerivationStep>([conclusion]);
        while (open.TryPop(out var step))
        {
            uses[step] = uses.GetValueOrDefault(step) + 1;
            if (uses[step] > 1 || step.IsFact)
                continue;
            open.Push(step.Left!);
            open.Push(step.Right!);
        }

        return uses;
    }
}
