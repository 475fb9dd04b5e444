using System.Text;

namespace VenvBuild.Packaging;

/// <summary>Two or more expressions in a row, as written: <c>and</c> binds tighter than <c>or</c>.</summary>
internal sealed class MarkerSequence : MarkerExpression
{
    private readonly MarkerExpression[] _items;

    // Whether "or" stands before the item of the same index; the first entry says nothing.
    private readonly bool[] _beginsAlternative;

    public MarkerSequence(MarkerExpression[] items, bool[] beginsAlternative)
    {
        _items = items;
        _beginsAlternative = beginsAlternative;
        foreach (var item in items)
            Fields |= item.Fields;
    }

    public override MarkerFields Fields { get; }

    public ReadOnlySpan<MarkerExpression> Items => _items;

    public bool BeginsAlternative(int index) => _beginsAlternative[index];

    public override bool Evaluate(in MarkerContext context)
    {
        var holds = true;
        for (var i = 0; i < _items.Length; i++)
        {
            if (i > 0 && _beginsAlternative[i])
            {
                if (holds)
                    return true;
                holds = true;
            }

            holds = holds && _items[i].Evaluate(context);
        }

        return holds;
    }

    public override void Write(StringBuilder text, bool isOutermost)
    {
        if (!isOutermost)
            text.Append('(');
        for (var i = 0; i < _items.Length; i++)
        {
            if (i > 0)
                text.Append(_beginsAlternative[i] ? " or " : " and ");
            _items[i].Write(text, isOutermost: false);
        }

        if (!isOutermost)
            text.Append(')');
    }
}
