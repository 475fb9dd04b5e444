namespace VenvBuild.Resolver;

/// <summary>Terms that are never all true together, in the environments of <see cref="Environments"/>.</summary>
internal sealed class Incompatibility
{
    public Incompatibility(IReadOnlyList<Term> terms, Cause cause, UInt128 environments)
    {
        Terms = Normalize(terms, cause);
        Cause = cause;
        Environments = environments;
    }

    public Term[] Terms { get; }

    public Cause Cause { get; }

    /// <summary>The environments in which this holds, a bit each: a lesson learnt in one serves every other that shares its causes.</summary>
    public UInt128 Environments { get; }

    /// <summary>Whether another one says all that this one says: it need not be looked at again, but stays the cause of what followed from it.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>Whether this says that there is no solution.</summary>
    public bool IsFailure => Terms.Length == 0 || (Terms.Length == 1 && Terms[0].Package.IsRoot && Terms[0].IsPositive);

    /// <summary>Makes it known to the packages that it speaks of.</summary>
    public void Attach()
    {
        foreach (var term in Terms)
            term.Package.Incompatibilities.Add(this);
    }

    public override string ToString() => $"{{{string.Join(", ", Terms)}}}";

    private static Term[] Normalize(IReadOnlyList<Term> terms, Cause cause)
    {
        var merged = new List<Term>(terms.Count);
        foreach (var term in terms)
        {
            // A certain term adds nothing; the root is always selected, so in a derived statement it adds nothing either.
            if (term.IsCertain || (term.Package.IsRoot && term.IsPositive && terms.Count > 1 && cause is Cause.Conflict))
                continue;
            var at = merged.FindIndex(known => ReferenceEquals(known.Package, term.Package));
            if (at < 0)
                merged.Add(term);
            else
                merged[at] = merged[at].Intersect(term);
        }

        return [.. merged];
    }
}
