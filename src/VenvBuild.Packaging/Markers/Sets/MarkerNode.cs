namespace VenvBuild.Packaging;

/// <summary>
/// A node of the decision diagram. Nodes are reduced and interned (<see cref="MarkerNodes"/>): two functions are the same exactly when
/// their nodes are the same object.
/// </summary>
internal sealed class MarkerNode
{
    public static readonly MarkerNode False = new();
    public static readonly MarkerNode True = new();

    private static long _lastId;
    private MarkerNode? _negation;

    public MarkerNode(MarkerVariable variable, ulong[] cuts, string[] values, MarkerNode[] children, int hash)
        : this()
    {
        Variable = variable;
        Cuts = cuts;
        Values = values;
        Children = children;
        Hash = hash;
        Support = variable.Field;
        foreach (var child in children)
            Support |= child.Support;
    }

    private MarkerNode() => Id = Interlocked.Increment(ref _lastId);

    /// <summary>Tells nodes apart in hashes and caches; says nothing about their order in any text.</summary>
    public long Id { get; }

    public int Hash { get; }

    /// <summary>What is asked; null for <see cref="True"/> and <see cref="False"/>.</summary>
    public MarkerVariable? Variable { get; }

    /// <summary>Where the ranges of a version variable begin, but for the first, in ascending order.</summary>
    public ulong[] Cuts { get; } = [];

    /// <summary>The values of a text variable that have a branch of their own, in ordinal order.</summary>
    public string[] Values { get; } = [];

    /// <summary>A child a range; a child a value and one for the rest; or no and yes.</summary>
    public MarkerNode[] Children { get; } = [];

    /// <summary>The fields that the function asks about.</summary>
    public MarkerFields Support { get; }

    public bool IsTerminal => Variable is null;

    /// <summary>What this is not. Each is made once and they hold each other.</summary>
    public MarkerNode Negation
    {
        get
        {
            if (_negation is not null)
                return _negation;
            if (IsTerminal)
                return ReferenceEquals(this, True) ? False : True;
            var children = Array.ConvertAll(Children, child => child.Negation);
            var negation = MarkerNodes.Make(Variable!, Cuts, Values, children);
            negation._negation = this;
            return _negation = negation;
        }
    }

    /// <summary>The child for a version, given by its key.</summary>
    public MarkerNode ChildFor(ulong key)
    {
        var index = Array.BinarySearch(Cuts, key);
        return Children[index < 0 ? ~index : index + 1];
    }

    /// <summary>The child for a text, simplified by what the text decides.</summary>
    public MarkerNode ChildFor(string value)
    {
        var index = Array.BinarySearch(Values, value, StringComparer.Ordinal);
        return index >= 0 ? Children[index] : MarkerFacts.Assume(Children[^1], Variable!.Field, value);
    }
}
