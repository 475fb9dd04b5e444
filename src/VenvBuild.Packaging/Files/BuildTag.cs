using System.Numerics;

namespace VenvBuild.Packaging;

/// <summary>The build tag of a wheel: a number and what follows it; among wheels alike otherwise, the higher one wins (PEP 427).</summary>
/// <param name="Number">The leading digits.</param>
/// <param name="Text">What follows the digits, as written.</param>
public readonly record struct BuildTag(BigInteger Number, string Text) : IComparable<BuildTag>
{
    /// <inheritdoc/>
    public int CompareTo(BuildTag other)
    {
        var byNumber = Number.CompareTo(other.Number);
        return byNumber != 0 ? byNumber : string.CompareOrdinal(Text, other.Text);
    }

    /// <summary>The tag as a file name holds it, leading zeros left out.</summary>
    public override string ToString() => FormattableString.Invariant($"{Number}{Text}");
}
