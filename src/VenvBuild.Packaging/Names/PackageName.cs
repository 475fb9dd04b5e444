using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>The name of a distribution in its normal form (PEP 503): lower case, runs of <c>-_.</c> as one dash.</summary>
public readonly record struct PackageName : IComparable<PackageName>
{
    private readonly string? _value;

    private PackageName(string value) => _value = value;

    /// <summary>The normal form.</summary>
    public string Value => _value ?? "";

    /// <summary>Reads a name in any spelling.</summary>
    /// <exception cref="PackagingFormatException">The text is no name.</exception>
    public static PackageName Parse(string text) =>
        TryParse(text, out var name)
            ? name
            : throw new PackagingFormatException(
                $"'{text}' is no distribution name: letters, digits, '.', '-' and '_', beginning and ending with a letter or digit.", text, 0);

    /// <summary>Reads a name in any spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PackageName name)
    {
        var normal = NormalName.Of(text);
        name = normal is null ? default : new(normal);
        return normal is not null;
    }

    /// <summary>Reads a name in any spelling.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PackageName name)
    {
        var normal = NormalName.Of(text);
        name = normal is null ? default : new(normal);
        return normal is not null;
    }

    /// <summary>Reads a name in which letters beyond ASCII pass: only a wheel's file name may have them, never a requirement.</summary>
    internal static bool TryParseUnicode(ReadOnlySpan<char> text, out PackageName name)
    {
        var normal = NormalName.Of(text, isUnicode: true);
        name = normal is null ? default : new(normal);
        return normal is not null;
    }

    /// <inheritdoc/>
    public int CompareTo(PackageName other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public bool Equals(PackageName other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The normal form.</summary>
    public override string ToString() => Value;
}
