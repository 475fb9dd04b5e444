using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>The name of an extra or of a dependency group in its normal form (PEP 685, PEP 735): that of a distribution name.</summary>
public readonly record struct ExtraName : IComparable<ExtraName>
{
    private readonly string? _value;

    private ExtraName(string value) => _value = value;

    /// <summary>The normal form.</summary>
    public string Value => _value ?? "";

    /// <summary>Reads a name in any spelling.</summary>
    /// <exception cref="PackagingFormatException">The text is no name.</exception>
    public static ExtraName Parse(string text) =>
        TryParse(text, out var name)
            ? name
            : throw new PackagingFormatException(
                $"'{text}' is no name of an extra or group: letters, digits, '.', '-' and '_', beginning and ending with a letter or digit.", text, 0);

    /// <summary>Reads a name in any spelling.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ExtraName name)
    {
        var normal = NormalName.Of(text);
        name = normal is null ? default : new(normal);
        return normal is not null;
    }

    /// <summary>Reads a name in any spelling.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ExtraName name)
    {
        var normal = NormalName.Of(text);
        name = normal is null ? default : new(normal);
        return normal is not null;
    }

    /// <inheritdoc/>
    public int CompareTo(ExtraName other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public bool Equals(ExtraName other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The normal form.</summary>
    public override string ToString() => Value;
}
