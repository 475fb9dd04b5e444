using System.Globalization;

namespace VenvBuild.Packaging;

/// <summary>
/// What one variable may be, in marker words: alternatives of which one must hold, each made of comparisons that must all hold.
/// </summary>
/// <param name="Alternatives">The comparisons; an empty alternative always holds.</param>
/// <param name="IsExact">
/// Whether the words say exactly what is meant. The opposite of some comparisons has no words (that of <c>platform_release &gt;= "6"</c>
/// also holds for releases that are no versions): such a phrase allows everything.
/// </param>
internal sealed record MarkerPhrase(List<List<string>> Alternatives, bool IsExact = true)
{
    /// <summary>How many comparisons the phrase takes.</summary>
    public int Cost { get; } = Alternatives.Sum(alternative => alternative.Count);

    /// <summary>The phrase of a node whose children are all terminals.</summary>
    public static MarkerPhrase Of(MarkerNode literal)
    {
        var variable = literal.Variable!;
        var name = MarkerFieldNames.Of(variable.Field);
        switch (variable.Kind)
        {
            case MarkerVariableKind.Version:
                return VersionPhrase.Of(variable, VersionPhrase.Ranges(literal));
            case MarkerVariableKind.Text:
                var isRestIn = ReferenceEquals(literal.Children[^1], MarkerNode.True);
                var comparisons = Array.ConvertAll(literal.Values, value => Comparison(variable.Field, isRestIn ? MarkerOperator.NotEqual : MarkerOperator.Equal, value));
                return isRestIn ? new([[.. comparisons]]) : new([.. comparisons.Select(comparison => new List<string> { comparison })]);
            case MarkerVariableKind.Test:
                return OfTest(variable.Comparison!, ReferenceEquals(literal.Children[1], MarkerNode.True));
            default:
                var isMember = ReferenceEquals(literal.Children[1], MarkerNode.True);
                return variable.Field == MarkerFields.Extra
                    ? Single(Comparison(variable.Field, isMember ? MarkerOperator.Equal : MarkerOperator.NotEqual, variable.Name))
                    : Single(string.Create(CultureInfo.InvariantCulture, $"\"{variable.Name}\" {(isMember ? "in" : "not in")} {name}"));
        }
    }

    private static MarkerPhrase OfTest(MarkerComparison comparison, bool holds)
    {
        if (holds)
            return Single(comparison.ToString());
        return comparison.Operator switch
        {
            MarkerOperator.Equal => Single(comparison.With(MarkerOperator.NotEqual).ToString()),
            MarkerOperator.In => Single(comparison.With(MarkerOperator.NotIn).ToString()),
            _ => new([[]], IsExact: false),
        };
    }

    private static MarkerPhrase Single(string comparison) => new([[comparison]]);

    private static string Comparison(MarkerFields field, MarkerOperator op, string value) =>
        new MarkerComparison(field, op, value, isConstantFirst: false).ToString();
}
