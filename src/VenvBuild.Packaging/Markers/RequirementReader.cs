namespace VenvBuild.Packaging;

/// <summary>Reads the requirement grammar of PEP 508.</summary>
internal static class RequirementReader
{
    /// <summary>Reads a requirement; null when a mistake was noted.</summary>
    public static Requirement? Read(ref SpecifierText text)
    {
        if (!ReadStart(ref text, out var name, out var extras))
            return null;
        var specifiers = VersionSpecifiers.Any;
        string? url = null;
        if (text.Skip('@'))
        {
            url = ReadUrl(ref text);
            if (url is null)
                return null;
        }
        else if (ReadSpecifiers(ref text) is { } read)
        {
            specifiers = read;
        }
        else
        {
            return null;
        }

        return ReadMarker(ref text, ExpectedAtEnd(url, specifiers), out var marker)
            ? new() { Name = name, Extras = extras, Specifiers = specifiers, Url = url, Marker = marker }
            : null;
    }

    /// <summary>As <see cref="Read"/>, with specifiers mended; null also when nothing known to be mendable is wrong.</summary>
    public static Requirement? ReadLenient(ref SpecifierText text, out string? repair)
    {
        repair = null;
        if (!ReadStart(ref text, out var name, out var extras) || text.Current == '@')
            return null;
        var rest = text.Text[text.At..];
        var length = rest.IndexOf(';');
        var written = (length < 0 ? rest : rest[..length]).Trim();
        if (written is ['(', .. var inner, ')'])
            written = inner;
        if (!VersionSpecifiers.TryParseLenient(written, out var specifiers, out repair))
            return null;
        text.At += length < 0 ? rest.Length : length;
        return ReadMarker(ref text, "the end", out var marker)
            ? new() { Name = name, Extras = extras, Specifiers = specifiers, Marker = marker }
            : null;
    }

    private static bool ReadStart(ref SpecifierText text, out PackageName name, out ExtraName[] extras)
    {
        name = default;
        extras = [];
        if (text.Text.Length > Requirement.MaxLength)
            return text.Fail($"The requirement is longer than {Requirement.MaxLength} characters.", Requirement.MaxLength);
        text.SkipSpace();
        var start = text.At;
        var word = ReadName(ref text);
        if (word.IsEmpty)
            return text.FailHere("the name of a distribution");
        if (!PackageName.TryParse(word, out name))
            return text.Fail($"'{word}' is no distribution name.", start);
        text.SkipSpace();
        if (text.Current == '[' && !ReadExtras(ref text, out extras))
            return false;
        text.SkipSpace();
        return true;
    }

    /// <summary>A run of name characters that ends with a letter or digit.</summary>
    private static ReadOnlySpan<char> ReadName(ref SpecifierText text)
    {
        var start = text.At;
        var end = start;
        for (var i = start; i < text.Text.Length && SpecifierText.IsWord(text.Text[i]); i++)
        {
            if (char.IsAsciiLetterOrDigit(text.Text[i]))
                end = i + 1;
            else if (i == start)
                break;
        }

        text.At = end;
        return text.Text[start..end];
    }

    private static bool ReadExtras(ref SpecifierText text, out ExtraName[] extras)
    {
        extras = [];
        var names = new List<ExtraName>(2);
        text.At++;
        text.SkipSpace();
        while (text.Current != ']' || names.Count > 0)
        {
            var start = text.At;
            var word = ReadName(ref text);
            if (word.IsEmpty)
                return text.FailHere(names.Count == 0 ? "the name of an extra or ']'" : "the name of an extra after the comma");
            if (!ExtraName.TryParse(word, out var name))
                return text.Fail($"'{word}' is no name of an extra.", start);
            if (!names.Contains(name))
                names.Add(name);
            text.SkipSpace();
            if (text.Current == ']')
                break;
            if (!text.Skip(','))
                return text.FailHere("a comma or the ']' that closes the extras");
            text.SkipSpace();
        }

        text.At++;
        names.Sort();
        extras = [.. names];
        return true;
    }

    private static string? ReadUrl(ref SpecifierText text)
    {
        text.SkipSpace();
        var start = text.At;
        while (!text.IsAtEnd && text.Current > ' ' && !char.IsControl(text.Current))
            text.At++;
        if (text.At == start)
            text.FailHere("an address after '@'");
        return text.At == start ? null : text.Text[start..text.At].ToString();
    }

    private static VersionSpecifiers? ReadSpecifiers(ref SpecifierText text)
    {
        var isInParentheses = text.Skip('(');
        text.SkipSpace();
        if (!isInParentheses && !IsOperatorStart(text.Current))
            return VersionSpecifiers.Any;
        var clauses = new List<VersionSpecifier>(2);
        while (IsOperatorStart(text.Current))
        {
            if (ReadSpecifier(ref text) is not { } clause)
                return null;
            clauses.Add(clause);
            text.SkipSpace();
            if (!text.Skip(','))
                break;
            text.SkipSpace();
        }

        if (isInParentheses && !text.Skip(')'))
        {
            text.FailHere(clauses.Count == 0 ? "a version specifier or ')'" : "a comma or the ')' that closes the version specifiers");
            return null;
        }

        return VersionSpecifiers.Create(clauses);
    }

    private static VersionSpecifier? ReadSpecifier(ref SpecifierText text)
    {
        var start = text.At;
        if (!VersionSpecifier.TryReadOperator(text.Text[start..], out var op, out var length))
        {
            text.FailHere("one of ==, !=, <=, >=, <, >, ~=, ===");
            return null;
        }

        text.At += length;
        text.SkipSpace();
        var version = text.At;
        while (!text.IsAtEnd && IsVersionCharacter(text.Current, op))
            text.At++;
        if (text.At == version)
        {
            text.FailHere($"a version after '{VersionSpecifier.OperatorText(op)}'");
            return null;
        }

        if (!VersionSpecifier.TryRead(text.Text[start..text.At], out var specifier, out var problem))
            text.Fail(problem, version);
        return specifier;
    }

    private static bool IsOperatorStart(char c) => c is '=' or '!' or '<' or '>' or '~';

    private static bool IsVersionCharacter(char c, SpecifierOperator op) => op == SpecifierOperator.Arbitrary
        ? c is not (' ' or '\t' or ';' or ',' or ')') && !char.IsWhiteSpace(c)
        : char.IsAsciiLetterOrDigit(c) || c is '.' or '!' or '+' or '*' or '-' or '_';

    /// <summary>What could have stood where a requirement turned out not to end.</summary>
    private static string ExpectedAtEnd(string? url, VersionSpecifiers specifiers) =>
        url is not null ? "white space and ';' after the address, or the end"
        : specifiers.Count > 0 ? "a comma, ';' or the end after the version"
        : "extras, a version specifier, '@', ';' or the end after the name";

    private static bool ReadMarker(ref SpecifierText text, string expected, out Marker? marker)
    {
        marker = null;
        text.SkipSpace();
        if (text.IsAtEnd)
            return true;
        if (!text.Skip(';'))
            return text.FailHere(expected);
        marker = MarkerTexts.Read(ref text);
        return marker is not null;
    }
}
