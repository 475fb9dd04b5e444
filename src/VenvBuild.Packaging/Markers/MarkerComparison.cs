using System.Text;

namespace VenvBuild.Packaging;

/// <summary>
/// A field compared with a constant, by the rules of the dependency specifiers specification: fields that are versions as PEP 440 has
/// it, pre-releases admitted, where the constant makes a specifier; all else as texts, by ordinal. Of texts <c>&lt;=</c> and
/// <c>&gt;=</c> mean equality, and the operators that texts do not have (<c>&lt;</c>, <c>&gt;</c>, <c>~=</c>, <c>===</c>) never hold.
/// </summary>
internal sealed class MarkerComparison : MarkerExpression, IEquatable<MarkerComparison>
{
    private const MarkerFields AlwaysVersions = MarkerFields.PythonVersion | MarkerFields.PythonFullVersion | MarkerFields.ImplementationVersion;
    private const MarkerFields VersionsWhereBothParse = MarkerFields.PlatformRelease | MarkerFields.PlatformVersion;

    private readonly VersionSpecifier? _specifier;
    private readonly PackageVersion? _constant;
    private readonly ExtraName? _name;

    public MarkerComparison(MarkerFields field, MarkerOperator op, string text, bool isConstantFirst)
    {
        Field = field;
        Operator = op;
        IsConstantFirst = isConstantFirst;
        if ((field & (MarkerFields.Extra | MarkerFields.SetValued)) != 0)
        {
            _name = ExtraName.TryParse(text, out var name) ? name : null;
            text = _name?.Value ?? LooselyNormal(text);
        }
        else if (IsVersion && op < MarkerOperator.In)
        {
            if (isConstantFirst)
                _constant = PackageVersion.TryParse(text, out var constant) ? constant : null;
            else
                _specifier = VersionSpecifier.TryParse(VersionSpecifier.OperatorText((SpecifierOperator)op) + text, out var specifier) ? specifier : null;
        }

        Text = text;
    }

    public MarkerFields Field { get; }

    public MarkerOperator Operator { get; }

    /// <summary>The constant; names of extras and groups in their normal form.</summary>
    public string Text { get; }

    public bool IsConstantFirst { get; }

    public bool IsVersion => (Field & (AlwaysVersions | VersionsWhereBothParse)) != 0;

    public override MarkerFields Fields => Field;

    public override bool Evaluate(in MarkerContext context) => Field switch
    {
        MarkerFields.Extra => EvaluateExtra(context.Extras),
        MarkerFields.Extras => Contains(context.Extras) == (Operator == MarkerOperator.In),
        MarkerFields.DependencyGroups => Contains(context.Groups) == (Operator == MarkerOperator.In),
        _ => Evaluate(context.Environment.Text(Field), IsVersion ? context.Environment.Version(Field) : null),
    };

    /// <summary>Whether the comparison holds for a value of the field, which is also given as the version that it is.</summary>
    public bool Evaluate(string value, PackageVersion? version)
    {
        if (_specifier is not null)
        {
            if (Operator == MarkerOperator.Arbitrary)
                return string.Equals(value, Text, StringComparison.OrdinalIgnoreCase);
            if (version is not null)
                return _specifier.Contains(version);
            if ((Field & AlwaysVersions) != 0)
                return false;
        }

        if (IsConstantFirst && IsVersion && Operator < MarkerOperator.In
            && VersionSpecifier.TryParse(VersionSpecifier.OperatorText((SpecifierOperator)Operator) + value, out var asked))
        {
            if (_constant is not null)
                return asked.Contains(_constant);
            if ((Field & AlwaysVersions) != 0)
                return Operator == MarkerOperator.Arbitrary && string.Equals(value, Text, StringComparison.OrdinalIgnoreCase);
        }

        return EvaluateTexts(value);
    }

    /// <summary>The same with another operator.</summary>
    public MarkerComparison With(MarkerOperator op) => new(Field, op, Text, IsConstantFirst);

    public bool Equals(MarkerComparison? other) =>
        other is not null && Field == other.Field && Operator == other.Operator && IsConstantFirst == other.IsConstantFirst
        && string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as MarkerComparison);

    public override int GetHashCode() => HashCode.Combine(Field, Operator, IsConstantFirst, Text);

    public override void Write(StringBuilder text, bool isOutermost)
    {
        if (IsConstantFirst)
            MarkerQuotes.Write(text, Text);
        else
            text.Append(MarkerFieldNames.Of(Field));
        text.Append(' ').Append(OperatorText(Operator)).Append(' ');
        if (IsConstantFirst)
            text.Append(MarkerFieldNames.Of(Field));
        else
            MarkerQuotes.Write(text, Text);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, isOutermost: true);
        return text.ToString();
    }

    private static string OperatorText(MarkerOperator op) => op switch
    {
        MarkerOperator.In => "in",
        MarkerOperator.NotIn => "not in",
        _ => VersionSpecifier.OperatorText((SpecifierOperator)op),
    };

    /// <summary>What is no name is still compared without regard to case and separators.</summary>
    private static string LooselyNormal(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is not ('-' or '_' or '.'))
                normal.Append(char.ToLowerInvariant(c));
            else if (normal.Length == 0 || normal[^1] != '-')
                normal.Append('-');
        }

        return normal.ToString();
    }

    private bool EvaluateTexts(string value)
    {
        var (left, right) = IsConstantFirst ? (Text, value) : (value, Text);
        return Operator switch
        {
            MarkerOperator.Equal or MarkerOperator.LessOrEqual or MarkerOperator.GreaterOrEqual => string.Equals(left, right, StringComparison.Ordinal),
            MarkerOperator.NotEqual => !string.Equals(left, right, StringComparison.Ordinal),
            MarkerOperator.In => right.Contains(left, StringComparison.Ordinal),
            MarkerOperator.NotIn => !right.Contains(left, StringComparison.Ordinal),
            _ => false,
        };
    }

    /// <summary>
    /// <c>extra</c> stands for each extra that is asked for: equality asks whether one of them is the constant. Without any it is the
    /// empty text, as it is in core metadata.
    /// </summary>
    private bool EvaluateExtra(IReadOnlySet<ExtraName>? extras)
    {
        switch (Operator)
        {
            case MarkerOperator.Equal or MarkerOperator.LessOrEqual or MarkerOperator.GreaterOrEqual:
                return ContainsExtra(extras);
            case MarkerOperator.NotEqual:
                return !ContainsExtra(extras);
            case MarkerOperator.In or MarkerOperator.NotIn:
                var isWanted = Operator == MarkerOperator.In;
                if (extras is null || extras.Count == 0)
                    return IsPart("") == isWanted;
                foreach (var extra in extras)
                {
                    if (IsPart(extra.Value))
                        return isWanted;
                }

                return !isWanted;
            default:
                return false;
        }
    }

    private bool IsPart(string extra) =>
        IsConstantFirst ? extra.Contains(Text, StringComparison.Ordinal) : Text.Contains(extra, StringComparison.Ordinal);

    private bool ContainsExtra(IReadOnlySet<ExtraName>? extras) =>
        Text.Length == 0 ? extras is null || extras.Count == 0 : Contains(extras);

    private bool Contains(IReadOnlySet<ExtraName>? names) => names is not null && _name is { } name && names.Contains(name);
}
