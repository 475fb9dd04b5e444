using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What a distribution says about its licence, in its core metadata; nothing is concluded from its files.</summary>
/// <param name="Expression">An SPDX expression: the one stated (PEP 639), or the one that its classifiers mean. Null where there is none.</param>
/// <param name="Text">Else the words of its License field or of classifiers that mean no certain licence. Null where there are none.</param>
internal sealed record LicenseStatement(string? Expression, string? Text)
{
    private const int MaxExpression = 1024, MaxText = 32 << 10;

    /// <summary>Nothing is said.</summary>
    public static LicenseStatement None { get; } = new(null, null);

    /// <summary>The text's first line, for where a name is asked for; null where there is no text.</summary>
    public string? Name => Text?.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) is { } line ? line[..Math.Min(line.Length, 120)] : null;

    /// <summary>Reads License-Expression, else the classifiers, else License.</summary>
    public static LicenseStatement Of(CoreMetadata metadata)
    {
        if (metadata.Field("license-expression")?.Trim() is { Length: > 0 and <= MaxExpression } expression && IsExpression(expression))
            return new(expression, null);
        var classifiers = metadata.OtherFields.Where(field => field.Key == "classifier" && field.Value.StartsWith("License ::", StringComparison.Ordinal))
            .Select(field => field.Value.Trim()).Distinct(StringComparer.Ordinal).ToList();
        var known = classifiers.Select(LicenseClassifiers.Find).ToList();
        // Several classifiers may mean a choice or a sum: an expression would claim to know which.
        if (known is [{ } single])
            return new(single, null);
        var text = metadata.Field("license") is { } license && IsSaid(license) ? Clean(license) : null;
        if (text is not null && LicenseClassifiers.IsIdentifier(text))
            return new(text, null);
        var named = classifiers.Select(classifier => classifier[(classifier.LastIndexOf("::", StringComparison.Ordinal) + 2)..].Trim()).Where(name => name != "OSI Approved").ToList();
        return named.Count > 0 ? new(null, string.Join(" / ", named)) : new(null, text);
    }

    private static bool IsSaid(string license) => license.Trim() is not ("" or "UNKNOWN" or "unknown" or "None");

    /// <summary>One line an old line: metadata folds them by indenting, some tools with a bar.</summary>
    private static string Clean(string license)
    {
        var lines = license.Replace("\r", "", StringComparison.Ordinal).Split('\n').Select(line => line.TrimStart(' ', '\t', '|').TrimEnd());
        var text = new string([.. string.Join('\n', lines).Where(letter => letter == '\n' || !char.IsControl(letter))]).Trim();
        return text.Length > MaxText ? string.Concat(text.AsSpan(0, MaxText), "...") : text;
    }

    /// <summary>Whether the words are those of an expression; which identifiers exist is not asked.</summary>
    private static bool IsExpression(string text) =>
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '+' or ':' or ' ' or '(' or ')') && text.Any(char.IsAsciiLetter);
}
