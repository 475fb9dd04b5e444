namespace VenvBuild.Resolver;

/// <summary>Terms that are never all true together, in the environments of <see cref="Environments"/>.</summary>
internal sealed class Incompatibility
{
    public Incompatibility(Term[] terms, Cause cause, UInt128 environments)
    {
        Terms = Normalize(terms, cause);
        Cause = cause;
        Environments = environments;
    }

    public Term[] Terms { get; }

    public Cause Cause { get; }

    /// <summary>The environments in which this holds, a bit each: a lesson learnt in one serves every other that shares its causes.</summary>
    public UInt128 Environments { get; }

    /// <summary>The place in the order in which incompatibilities were attached.</summary>
    public int Number { get; private set; }

    /// <summary>Whether another one says all that this one says: it need not be looked at again, but stays the cause of what followed from it.</summary>
    public bool IsReplaced { get; private set; }

    /// <summary>Whether this says that there is no solution.</summary>
    public bool IsFailure => Terms.Length == 0 || (Terms.Length == 1 && Terms[0].Package.IsRoot && Terms[0].IsPositive);

    /// <summary>Makes it known to the packages that it speaks of.</summary>
    /// <param name="number">How many were attached before it.</param>
    public void Attach(int number)
    {
        Number = number;
        foreach (var term in Terms)
            term.Package.Incompatibilities.Add(this);
    }

    /// <summary>Makes the packages forget it, as another one says all that it says.</summary>
    public void Replace()
    {
        IsReplaced = true;
        foreach (var term in Terms)
        {
            var all = term.Package.Incompatibilities;
            all.RemoveAt(all.LastIndexOf(this));
        }
    }

    public override string ToString() => $"{{{string.Join(", ", Terms)}}}";

    private static Term[] Normalize(Term[] terms, Cause cause)
    {
        if (IsNormal(terms, cause))
            return terms;
        var merged = new List<Term>(terms.Length);
        foreach (var term in terms)
        {
            if (AddsNothing(term, terms, cause))
                continue;
            var at = merged.FindIndex(known => ReferenceEquals(known.Package, term.Package));
            if (at < 0)
                merged.Add(term);
            else
                merged[at] = merged[at].Intersect(term);
        }

        return [.. merged];
    }

    private static bool IsNormal(Term[] terms, Cause cause)
    {
        for (var i = 0; i < terms.Length; i++)
        {
            if (AddsNothing(terms[i], terms, cause))
                return false;
            for (var j = 0; j < i; j++)
            {
                if (ReferenceEquals(terms[i].Package, terms[j].Package))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Whether a term is certain, or says in a derived statement that the root is selected, as it always is.</summary>
    private static bool AddsNothing(in Term term, Term[] terms, Cause cause) =>
        term.IsCertain || (term.Package.IsRoot && term.IsPositive && terms.Length > 1 && cause is Cause.Conflict);
}
