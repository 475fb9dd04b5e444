using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>What a person or a distribution asks for: a name, extras, versions or an address, and when it counts (PEP 508).</summary>
public sealed class Requirement : IEquatable<Requirement>
{
    /// <summary>The longest text that is read, in UTF-16 code units.</summary>
    internal const int MaxLength = 16 * 1024;

    /// <summary>The distribution.</summary>
    public required PackageName Name { get; init; }

    /// <summary>The extras asked for, in ordinal order, each once.</summary>
    public IReadOnlyList<ExtraName> Extras { get; init; } = [];

    /// <summary>The versions that will do; every version where an address is given.</summary>
    public VersionSpecifiers Specifiers { get; init; } = VersionSpecifiers.Any;

    /// <summary>The address after <c>@</c>, or null.</summary>
    public string? Url { get; init; }

    /// <summary>When the requirement counts, or null for always.</summary>
    public Marker? Marker { get; init; }

    /// <summary>Reads a requirement.</summary>
    /// <exception cref="PackagingFormatException">The text is no requirement; the position is that of the mistake.</exception>
    public static Requirement Parse(string text)
    {
        var reader = new SpecifierText(text);
        return RequirementReader.Read(ref reader) ?? throw new PackagingFormatException(reader.Problem!, text, reader.ProblemAt);
    }

    /// <summary>Reads a requirement.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Requirement? requirement)
    {
        var reader = new SpecifierText(text);
        requirement = RequirementReader.Read(ref reader);
        return requirement is not null;
    }

    /// <summary>
    /// Reads a requirement as published metadata holds them, some of it from before specifiers were checked: mends version specifiers as
    /// <see cref="VersionSpecifiers.TryParseLenient"/> does. What a person writes is to be read by <see cref="Parse"/> instead.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="requirement">The requirement.</param>
    /// <param name="repair">What was mended, in words; null when nothing had to be.</param>
    public static bool TryParseLenient(ReadOnlySpan<char> text, [NotNullWhen(true)] out Requirement? requirement, out string? repair)
    {
        repair = null;
        if (TryParse(text, out requirement))
            return true;
        var reader = new SpecifierText(text);
        requirement = RequirementReader.ReadLenient(ref reader, out repair);
        return requirement is not null;
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] Requirement? other) =>
        other is not null && Name == other.Name && Extras.SequenceEqual(other.Extras) && Specifiers.Equals(other.Specifiers)
        && string.Equals(Url, other.Url, StringComparison.Ordinal) && Equals(Marker, other.Marker);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Requirement);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Extras.Count, Specifiers, Url, Marker);

    /// <summary>The normal form, such as <c>requests[socks]&gt;2.7; sys_platform != "win32"</c>.</summary>
    public override string ToString()
    {
        if (Extras.Count == 0 && Specifiers.Count == 0 && Url is null && Marker is null)
            return Name.Value;
        var text = new StringBuilder(Name.Value);
        if (Extras.Count > 0)
            text.Append('[').AppendJoin(',', Extras).Append(']');
        text.Append(Specifiers);
        if (Url is not null)
            text.Append(" @ ").Append(Url);
        if (Marker is not null)
            text.Append(Url is null ? "; " : " ; ").Append(Marker);
        return text.ToString();
    }
}
