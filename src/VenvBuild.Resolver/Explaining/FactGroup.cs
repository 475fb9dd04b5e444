namespace VenvBuild.Resolver;

/// <summary>Facts from outside that one clause can say: the requests, what one package asks of another, what cannot be used of one.</summary>
internal sealed class FactGroup
{
    private FactGroup(Incompatibility first) => Facts = [first];

    /// <summary>The facts, in the order in which the argument uses them; at least one.</summary>
    public List<Incompatibility> Facts { get; }

    public Incompatibility First => Facts[0];

    /// <summary>Whether these are requests.</summary>
    public bool IsRequests => First.Cause is Cause.Dependency { Depender.IsRoot: true };

    /// <summary>The distribution that the facts are about; of requests the root.</summary>
    public SolverPackage Subject => First.Cause is Cause.Dependency dependency ? dependency.Depender.Distribution : First.Terms[0].Package.Distribution;

    /// <summary>Puts a fact to those of its kind, or begins a group with it.</summary>
    public static void Add(List<FactGroup> groups, Incompatibility fact)
    {
        if (groups.Find(group => group.IsOfKind(fact)) is not { } known)
            groups.Add(new(fact));
        else if (!known.Facts.Contains(fact))
            known.Facts.Add(fact);
    }

    public static List<FactGroup> Union(List<FactGroup> first, List<FactGroup> second)
    {
        var union = new List<FactGroup>();
        foreach (var fact in first.Concat(second).SelectMany(group => group.Facts))
            Add(union, fact);
        return union;
    }

    private bool IsOfKind(Incompatibility fact) => (First.Cause, fact.Cause) switch
    {
        (Cause.Dependency one, Cause.Dependency other) => one.Depender.IsRoot
            ? other.Depender.IsRoot
            : ReferenceEquals(one.Depender.Distribution, other.Depender.Distribution)
                && ReferenceEquals(one.Requirement.Package.Distribution, other.Requirement.Package.Distribution),
        (Cause.Conflict, _) or (_, Cause.Conflict) => false,
        var (one, other) => one.GetType() == other.GetType() && ReferenceEquals(First.Terms[0].Package, fact.Terms[0].Package),
    };
}
