using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>
/// Mends specifiers that were published before indexes checked them. Only mistakes whose meaning is beyond doubt: a missing comma, stray
/// quotes, empty clauses, <c>.*</c> after an order operator, <c>*</c> without its dot, <c>!=~</c>, <c>~=</c> with
/// one number, <c>&gt;dev</c>.
/// </summary>
internal static class LenientSpecifiers
{
    public static bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out VersionSpecifiers? specifiers, out string? repair)
    {
        specifiers = null;
        var repairs = new List<string>(1);
        var clauses = new List<VersionSpecifier>(2);
        var hasComma = true;
        var at = 0;
        while (true)
        {
            while (at < text.Length && text[at] is ' ' or '\t' or ',' or '\'' or '"')
            {
                hasComma |= text[at] == ',';
                if (text[at] is '\'' or '"')
                    Note(repairs, "removed stray quotes");
                at++;
            }

            if (at == text.Length)
                break;
            if (!hasComma)
                Note(repairs, "added a missing comma");
            if (!TryReadClause(text, ref at, clauses, repairs))
            {
                repair = null;
                return false;
            }

            hasComma = false;
        }

        if (repairs.Count == 0)
            Note(repairs, "removed a needless comma");
        repair = string.Join(", ", repairs);
        specifiers = VersionSpecifiers.Create(clauses);
        return true;
    }

    private static bool TryReadClause(ReadOnlySpan<char> text, ref int at, List<VersionSpecifier> clauses, List<string> repairs)
    {
        if (!VersionSpecifier.TryReadOperator(text[at..], out var op, out var length))
            return false;
        at += length;
        var isTildeAfterUnequal = op == SpecifierOperator.NotEqual && at < text.Length && text[at] == '~';
        if (isTildeAfterUnequal)
            at++;
        while (at < text.Length && text[at] is ' ' or '\t' or '\'' or '"')
        {
            if (text[at] is '\'' or '"')
                Note(repairs, "removed stray quotes");
            at++;
        }

        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '.' or '!' or '+' or '*' or '-' or '_'))
            at++;
        var version = text[start..at];
        var isEquality = op is SpecifierOperator.Equal or SpecifierOperator.NotEqual;
        if (isTildeAfterUnequal)
        {
            Note(repairs, "read !=~ as != with .*");
            return Add($"!={WithoutLast(version)}.*", clauses);
        }

        if (version.EndsWith("*", StringComparison.Ordinal))
        {
            var stem = version[..^1].TrimEnd('.');
            if (isEquality && version is not [.., '.', '*'])
                Note(repairs, "added the dot before *");
            else if (!isEquality)
                Note(repairs, $"removed .* after {VersionSpecifier.OperatorText(op)}");
            version = isEquality ? $"{stem}.*" : stem;
        }

        if (op is SpecifierOperator.Greater or SpecifierOperator.GreaterOrEqual && version is "dev")
        {
            Note(repairs, "read dev as 0.dev0");
            version = "0.dev0";
        }

        if (op == SpecifierOperator.Compatible && !version.IsEmpty && !version.ContainsAnyExceptInRange('0', '9'))
        {
            Note(repairs, "gave ~= the second number it needs");
            version = $"{version}.0";
        }

        return Add($"{VersionSpecifier.OperatorText(op)}{version}", clauses);
    }

    private static ReadOnlySpan<char> WithoutLast(ReadOnlySpan<char> version)
    {
        var dot = version.LastIndexOf('.');
        return dot < 0 ? version : version[..dot];
    }

    private static bool Add(string clause, List<VersionSpecifier> clauses)
    {
        if (!VersionSpecifier.TryParse(clause, out var specifier))
            return false;
        clauses.Add(specifier);
        return true;
    }

    private static void Note(List<string> repairs, string repair)
    {
        if (!repairs.Contains(repair))
            repairs.Add(repair);
    }
}
