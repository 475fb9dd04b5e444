using System.Globalization;
using System.Numerics;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Poetry's version constraints as version specifiers: <c>^1.2</c> is <c>&gt;=1.2,&lt;2</c>.</summary>
internal static class PoetryVersion
{
    /// <summary>The specifiers; empty for every version, null where none say it (alternatives).</summary>
    public static string? ToSpecifiers(string constraint)
    {
        var clauses = new List<string>();
        foreach (var part in constraint.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "*")
                continue;
            if (Clause(part) is not { } clause)
                return null;
            clauses.Add(clause);
        }

        var text = string.Join(',', clauses);
        return VersionSpecifiers.TryParse(text, out _) ? text : null;
    }

    private static string? Clause(string part)
    {
        if (part.Contains('|', StringComparison.Ordinal))
            return null;
        if (part[0] == '^')
            return Range(part[1..], Caret);
        if (part[0] == '~' && !part.StartsWith("~=", StringComparison.Ordinal))
            return Range(part[1..], release => Math.Min(1, release.Count - 1));
        if (char.IsAsciiDigit(part[0]))
            return $"=={part}";
        return part[0] == '=' && !part.StartsWith("==", StringComparison.Ordinal) ? "=" + part : part.Replace(" ", "", StringComparison.Ordinal);
    }

    /// <summary>The place of the first number that is not 0; of zeros alone, the last that is written.</summary>
    private static int Caret(IReadOnlyList<BigInteger> release)
    {
        for (var i = 0; i < release.Count; i++)
        {
            if (!release[i].IsZero)
                return i;
        }

        return release.Count - 1;
    }

    private static string? Range(string text, Func<IReadOnlyList<BigInteger>, int> place)
    {
        if (!PackageVersion.TryParse(text.Trim(), out var version))
            return null;
        var at = place(version.Release);
        var upper = version.Release.Take(at).Append(version.Release[at] + 1).Select(number => number.ToString(CultureInfo.InvariantCulture));
        return $">={version},<{string.Join('.', upper)}";
    }
}
