namespace VenvBuild.Packaging;

/// <summary>
/// What a node of the diagram asks: the version in a field, the text in a field, or a question with the answer yes or no. Variables are
/// ordered; a field comes before all that its value decides.
/// </summary>
internal sealed class MarkerVariable : IComparable<MarkerVariable>
{
    public static readonly MarkerVariable PythonFullVersion = new(0, MarkerVariableKind.Version, MarkerFields.PythonFullVersion);

    private static readonly MarkerVariable[] Texts =
    [
        new(1, MarkerVariableKind.Text, MarkerFields.SysPlatform),
        new(2, MarkerVariableKind.Text, MarkerFields.PlatformSystem),
        new(3, MarkerVariableKind.Text, MarkerFields.OsName),
        new(4, MarkerVariableKind.Text, MarkerFields.PlatformMachine),
        new(5, MarkerVariableKind.Text, MarkerFields.ImplementationName),
        new(6, MarkerVariableKind.Text, MarkerFields.PlatformPythonImplementation),
    ];

    public static readonly MarkerVariable ImplementationVersion = new(7, MarkerVariableKind.Version, MarkerFields.ImplementationVersion);

    private readonly int _rank;

    private MarkerVariable(int rank, MarkerVariableKind kind, MarkerFields field, string name = "", MarkerComparison? comparison = null)
    {
        _rank = rank;
        Kind = kind;
        Field = field;
        Name = name;
        Comparison = comparison;
    }

    public MarkerVariableKind Kind { get; }

    public MarkerFields Field { get; }

    /// <summary>What tells yes-or-no questions of one kind apart: the name that is asked for, or the comparison.</summary>
    public string Name { get; }

    /// <summary>The comparison that is a question of its own, because its answers cannot be listed.</summary>
    public MarkerComparison? Comparison { get; }

    /// <summary>The variable of a field that is compared as text.</summary>
    public static MarkerVariable Text(MarkerFields field) => Array.Find(Texts, variable => variable.Field == field)!;

    /// <summary>Whether a name is among the extras or groups.</summary>
    public static MarkerVariable Member(MarkerFields field, string name) => new(
        field switch { MarkerFields.Extra => 9, MarkerFields.Extras => 10, _ => 11 }, MarkerVariableKind.Member, field, name);

    /// <summary>Whether a comparison holds.</summary>
    public static MarkerVariable Test(MarkerComparison comparison) =>
        new(8, MarkerVariableKind.Test, comparison.Field, comparison.ToString(), comparison);

    public int CompareTo(MarkerVariable? other)
    {
        if (ReferenceEquals(this, other))
            return 0;
        if (other is null)
            return 1;
        return _rank != other._rank ? _rank.CompareTo(other._rank) : string.CompareOrdinal(Name, other.Name);
    }

    public override int GetHashCode() => HashCode.Combine(_rank, Name.GetHashCode(StringComparison.Ordinal));

    /// <summary>The answer to a yes-or-no question.</summary>
    public bool Answer(in MarkerContext context) => Comparison is not null
        ? Comparison.Evaluate(context)
        : ExtraName.TryParse(Name, out var name) && (Field == MarkerFields.DependencyGroups ? context.Groups : context.Extras)?.Contains(name) == true;
}
