using System.Numerics;

namespace VenvBuild.Packaging;

/// <summary>
/// The environments in which a marker holds, as a set: two sets are equal exactly when the same environments are in them, whatever the
/// markers were that they were made of. A reduced decision diagram with ordered variables stands behind it; its nodes are shared by all
/// sets of the process, so that equality is one comparison. Immutable and safe for concurrent use.
/// </summary>
/// <remarks>
/// Environments are those that exist: <c>python_version</c> is the minor of <c>python_full_version</c>; versions of interpreters are
/// three numbers, that of a new minor with or without a pre-release (a local label does not count, and <c>3.9.2rc1</c>, the last pre-release
/// of a patch, counts as <c>3.9.2</c>); <c>os_name</c>, <c>sys_platform</c> and
/// <c>platform_system</c> agree, as do <c>implementation_name</c> and <c>platform_python_implementation</c>. <c>in</c> and <c>not in</c>,
/// and comparisons of <c>platform_release</c> and <c>platform_version</c>, are questions of their own where no other value decides them:
/// of these the set does not know that one implies another.
/// </remarks>
public sealed class MarkerSet : IEquatable<MarkerSet>
{
    /// <summary>Every environment.</summary>
    public static readonly MarkerSet All = new(MarkerNode.True);

    /// <summary>No environment.</summary>
    public static readonly MarkerSet None = new(MarkerNode.False);

    private string? _text;
    private bool _isTextExact;

    private MarkerSet(MarkerNode node) => Node = node;

    /// <summary>Whether no environment is in the set.</summary>
    public bool IsEmpty => ReferenceEquals(Node, MarkerNode.False);

    /// <summary>Whether every environment is in the set.</summary>
    public bool IsAll => ReferenceEquals(Node, MarkerNode.True);

    /// <summary>The fields that decide whether an environment is in the set.</summary>
    public MarkerFields Fields => Node.Support;

    /// <summary>The Pythons (<c>python_full_version</c>) of the environments in the set: for others no other value helps.</summary>
    public VersionSet PythonVersions
    {
        get
        {
            if (Node.IsTerminal || !ReferenceEquals(Node.Variable, MarkerVariable.PythonFullVersion))
                return IsEmpty ? VersionSet.Empty : VersionSet.All;
            var set = VersionSet.Empty;
            var begin = -1;
            for (var i = 0; i <= Node.Children.Length; i++)
            {
                // Neighbours are one range: between the cuts of two there would be room for versions that no interpreter has.
                var isIn = i < Node.Children.Length && !ReferenceEquals(Node.Children[i], MarkerNode.False);
                if (isIn && begin < 0)
                    begin = i;
                if (isIn || begin < 0)
                    continue;
                var lower = InterpreterKey.ToLowerCut(begin == 0 ? 0 : Node.Cuts[begin - 1]);
                var upper = InterpreterKey.ToUpperCut(i == Node.Children.Length ? InterpreterKey.Top : Node.Cuts[i - 1]);
                set = set.Union(VersionSet.Between(lower, upper));
                begin = -1;
            }

            return set;
        }
    }

    internal MarkerNode Node { get; }

    /// <summary>The environments in which a marker holds.</summary>
    /// <exception cref="PackagingFormatException">The marker combines more questions than can be decided in reasonable time.</exception>
    public static MarkerSet Of(Marker marker)
    {
        using (MarkerEffort.Begin(marker.ToString()))
            return Wrap(marker.SetNode ??= MarkerAtoms.Of(marker.Expression));
    }

    /// <summary>The environments in which a marker holds; null stands for a marker that always does.</summary>
    /// <inheritdoc cref="Of(Marker)" path="/exception"/>
    public static MarkerSet OfOptional(Marker? marker) => marker is null ? All : Of(marker);

    /// <summary>The environments whose Python (<c>python_full_version</c>) is one of <paramref name="versions"/>.</summary>
    public static MarkerSet ForPython(VersionSet versions) => Wrap(MarkerAtoms.OfSet(MarkerVariable.PythonFullVersion, versions));

    /// <summary>The environments in which a field has a value; of the extras or groups, those where it is one of them.</summary>
    /// <param name="field">One field.</param>
    /// <param name="value">The value as a marker would hold it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="field"/> is none or more than one.</exception>
    public static MarkerSet ForField(MarkerFields field, string value)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(BitOperations.PopCount((uint)field), 1, nameof(field));
        var isSet = (field & MarkerFields.SetValued) != 0;
        return Wrap(MarkerAtoms.Of(new MarkerComparison(field, isSet ? MarkerOperator.In : MarkerOperator.Equal, value, isConstantFirst: isSet)));
    }

    /// <summary>What is in both sets.</summary>
    /// <exception cref="PackagingFormatException">The sets ask more questions together than can be decided in reasonable time.</exception>
    public MarkerSet And(MarkerSet other)
    {
        using (MarkerEffort.Begin(null))
            return Wrap(MarkerOperations.And(Node, other.Node));
    }

    /// <summary>What is in either set.</summary>
    /// <inheritdoc cref="And" path="/exception"/>
    public MarkerSet Or(MarkerSet other)
    {
        using (MarkerEffort.Begin(null))
            return Wrap(MarkerOperations.Or(Node, other.Node));
    }

    /// <summary>What is not in the set.</summary>
    public MarkerSet Not() => Wrap(Node.Negation);

    /// <summary>What is in this set and not in the other.</summary>
    /// <inheritdoc cref="And" path="/exception"/>
    public MarkerSet Except(MarkerSet other)
    {
        using (MarkerEffort.Begin(null))
            return Wrap(MarkerOperations.And(Node, other.Node.Negation));
    }

    /// <summary>Whether no environment is in both sets.</summary>
    /// <inheritdoc cref="And" path="/exception"/>
    public bool IsDisjointFrom(MarkerSet other)
    {
        using (MarkerEffort.Begin(null))
            return MarkerOperations.AreDisjoint(Node, other.Node);
    }

    /// <summary>Whether every environment in this set is in the other.</summary>
    /// <inheritdoc cref="And" path="/exception"/>
    public bool Implies(MarkerSet other)
    {
        using (MarkerEffort.Begin(null))
            return MarkerOperations.Implies(Node, other.Node);
    }

    /// <summary>Whether an environment is in the set, with extras and groups as in <see cref="Marker.Evaluate"/>.</summary>
    public bool Contains(MarkerEnvironment environment, IReadOnlySet<ExtraName>? extras = null, IReadOnlySet<ExtraName>? groups = null)
    {
        var context = new MarkerContext(environment, extras, groups);
        var node = Node;
        while (node.Variable is { } variable)
        {
            node = variable.Kind switch
            {
                MarkerVariableKind.Version => node.ChildFor(environment.Version(variable.Field) is { } version ? InterpreterKey.Of(version) : 0),
                MarkerVariableKind.Text => node.ChildFor(environment.Text(variable.Field)),
                _ => node.Children[variable.Answer(context) ? 1 : 0],
            };
        }

        return ReferenceEquals(node, MarkerNode.True);
    }

    /// <summary>The set with every question about <c>extra</c> answered: these are asked for and no others.</summary>
    public MarkerSet AssumeExtras(IReadOnlySet<ExtraName> extras) => Assume(MarkerFields.Extra, new(null!, extras, null));

    /// <summary>The set with every question about a lock's <c>extras</c> and <c>dependency_groups</c> answered: these are asked for and no others.</summary>
    public MarkerSet AssumeAsked(IReadOnlySet<ExtraName> extras, IReadOnlySet<ExtraName> groups) => Assume(MarkerFields.SetValued, new(null!, extras, groups));

    /// <summary>
    /// A set that is the same as this within <paramref name="assumption"/>, and outside it whatever makes its marker short: what is left
    /// to be said where the assumption is known to hold.
    /// </summary>
    /// <inheritdoc cref="And" path="/exception"/>
    public MarkerSet Restrict(MarkerSet assumption)
    {
        using (MarkerEffort.Begin(null, MarkerEffort.Writing))
        {
            var lower = MarkerOperations.And(Node, assumption.Node);
            if (ReferenceEquals(lower, MarkerNode.False))
                return None;
            var upper = MarkerOperations.Or(Node, assumption.Node.Negation);
            if (ReferenceEquals(upper, MarkerNode.True))
                return All;
            var cover = MarkerCover.Of(Node, lower, upper);

            // The same from the other side: what must not be, where the assumption holds.
            var opposite = MarkerCover.Of(Node.Negation, upper.Negation, lower.Negation);
            if (cover is null && opposite is null)
                return this;
            return Wrap(opposite is null || cover?.Cost <= opposite.Cost ? cover!.ToNode() : opposite.ToNode().Negation);
        }
    }

    /// <summary>
    /// A marker for the set, null where it is <see cref="All"/>: short, without needless clauses, and the same for equal sets. Read back
    /// it gives the same set, but where a comparison of <c>platform_release</c> or <c>platform_version</c> by order is excluded, which no
    /// marker can say (<see cref="HasExactMarker"/>): there the marker holds more often.
    /// </summary>
    /// <exception cref="PackagingFormatException">No marker of readable length says it.</exception>
    public Marker? ToMarker() => ToString() is { Length: > 0 } text ? Marker.Parse(text) : null;

    /// <summary>Whether <see cref="ToMarker"/> says exactly this set.</summary>
    public bool HasExactMarker => ToString() is not null && _isTextExact;

    /// <inheritdoc/>
    public bool Equals(MarkerSet? other) => other is not null && ReferenceEquals(Node, other.Node);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MarkerSet);

    /// <inheritdoc/>
    public override int GetHashCode() => Node.Id.GetHashCode();

    /// <summary>The text of <see cref="ToMarker"/>, empty where that is null.</summary>
    public override string ToString()
    {
        if (_text is not null)
            return _text;
        using (MarkerEffort.Begin(null, MarkerEffort.Writing))
        {
            var text = MarkerWriter.Write(Node, out var isExact);
            _isTextExact = isExact;
            return _text = text;
        }
    }

    /// <summary>Whether two sets are equal.</summary>
    public static bool operator ==(MarkerSet? left, MarkerSet? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two sets differ.</summary>
    public static bool operator !=(MarkerSet? left, MarkerSet? right) => !(left == right);

    private static MarkerSet Wrap(MarkerNode node) =>
        ReferenceEquals(node, MarkerNode.True) ? All : ReferenceEquals(node, MarkerNode.False) ? None : new(node);

    private MarkerSet Assume(MarkerFields fields, MarkerContext asked) => (Fields & fields) == 0 ? this : Wrap(Assume(Node, fields, asked, []));

    private static MarkerNode Assume(MarkerNode node, MarkerFields fields, MarkerContext asked, Dictionary<MarkerNode, MarkerNode> done)
    {
        if ((node.Support & fields) == 0)
            return node;
        if (done.TryGetValue(node, out var known))
            return known;
        var variable = node.Variable!;
        var result = (variable.Field & fields) != 0
            ? Assume(node.Children[variable.Answer(asked) ? 1 : 0], fields, asked, done)
            : MarkerNodes.Make(variable, node.Cuts, node.Values, Array.ConvertAll(node.Children, child => Assume(child, fields, asked, done)));
        return done[node] = result;
    }
}
