using System.Text;

namespace VenvBuild.Packaging;

/// <summary>A part of a marker: one comparison, or several joined by <c>and</c> and <c>or</c>.</summary>
internal abstract class MarkerExpression
{
    public abstract MarkerFields Fields { get; }

    public abstract bool Evaluate(in MarkerContext context);

    /// <summary>Appends the text form of pypa/packaging; <paramref name="isOutermost"/> leaves out the parentheses of a sequence.</summary>
    public abstract void Write(StringBuilder text, bool isOutermost);
}
