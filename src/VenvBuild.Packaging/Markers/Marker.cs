using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>An environment marker as it was written (PEP 508). What it means is a <see cref="MarkerSet"/>.</summary>
public sealed class Marker : IEquatable<Marker>
{
    /// <summary>The longest text that is read, in UTF-16 code units.</summary>
    internal const int MaxLength = 16 * 1024;

    private string? _text;

    internal Marker(MarkerExpression expression) => Expression = expression;

    /// <summary>The names that the marker asks about.</summary>
    public MarkerFields Fields => Expression.Fields;

    /// <summary>Whether a platform, an implementation, a Python minor and the extras decide the marker, whatever else a machine reports.</summary>
    public bool IsDecidedByPlatformAndMinor => (Fields & ~(MarkerFields.DecidedByPlatformAndMinor | MarkerFields.Extra | MarkerFields.SetValued)) == 0;

    internal MarkerExpression Expression { get; }

    /// <summary>The diagram of the marker, once somebody asked for it.</summary>
    internal MarkerNode? SetNode { get; set; }

    /// <summary>Reads a marker.</summary>
    /// <exception cref="PackagingFormatException">The text is no marker; the position is that of the mistake.</exception>
    public static Marker Parse(string text) =>
        TryRead(text, out var marker, out var problem, out var position) ? marker : throw new PackagingFormatException(problem, text, position);

    /// <summary>Reads a marker.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Marker? marker) => TryRead(text, out marker, out _, out _);

    /// <summary>
    /// Whether the marker holds for an interpreter, where <paramref name="extras"/> of the distribution are asked for (answering
    /// <c>extra</c>, and in a lock file <c>extras</c>) and <paramref name="groups"/> (answering <c>dependency_groups</c>).
    /// </summary>
    public bool Evaluate(MarkerEnvironment environment, IReadOnlySet<ExtraName>? extras = null, IReadOnlySet<ExtraName>? groups = null) =>
        Expression.Evaluate(new(environment, extras, groups));

    /// <summary>Whether both have the same text in normal form; markers that mean the same may differ.</summary>
    public bool Equals([NotNullWhen(true)] Marker? other) =>
        other is not null && (ReferenceEquals(this, other) || string.Equals(ToString(), other.ToString(), StringComparison.Ordinal));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Marker);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text in normal form: single spaces, double quotes, no needless parentheses around one comparison.</summary>
    public override string ToString()
    {
        if (_text is not null)
            return _text;
        var text = new StringBuilder();
        Expression.Write(text, isOutermost: true);
        return _text = text.ToString();
    }

    private static bool TryRead(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out Marker? marker,
        [NotNullWhen(false)] out string? problem,
        out int position)
    {
        var reader = new SpecifierText(text);
        marker = MarkerTexts.Read(ref reader);
        problem = reader.Problem!;
        position = reader.ProblemAt;
        return marker is not null;
    }
}
