namespace VenvBuild.Packaging;

/// <summary>Reads the marker grammar of PEP 508.</summary>
internal static class MarkerReader
{
    // Python's own metadata never nests beyond four; the bound keeps a hostile text from exhausting the stack.
    private const int MaxDepth = 64;

    /// <summary>Reads a marker up to the end of the text or what cannot belong to it; null when a mistake was noted.</summary>
    public static MarkerExpression? Read(ref SpecifierText text, int depth = 0)
    {
        var first = ReadOperand(ref text, depth);
        if (first is null)
            return null;
        List<MarkerExpression>? items = null;
        List<bool>? beginsAlternative = null;
        while (ReadConjunction(ref text) is { } isOr)
        {
            if (ReadOperand(ref text, depth) is not { } next)
                return null;
            items ??= [first];
            beginsAlternative ??= [false];
            items.Add(next);
            beginsAlternative.Add(isOr);
        }

        return items is null ? first : new MarkerSequence([.. items], [.. beginsAlternative!]);
    }

    private static MarkerExpression? ReadOperand(ref SpecifierText text, int depth)
    {
        text.SkipSpace();
        var open = text.At;
        if (!text.Skip('('))
            return ReadComparison(ref text);
        if (depth == MaxDepth)
        {
            text.Fail($"The marker nests more than {MaxDepth} parentheses.", open);
            return null;
        }

        var inner = Read(ref text, depth + 1);
        if (inner is null)
            return null;
        text.SkipSpace();
        if (text.Skip(')'))
        {
            text.SkipSpace();
            return inner;
        }

        text.FailHere("'and', 'or' or the ')' that closes the parenthesis");
        return null;
    }

    private static MarkerComparison? ReadComparison(ref SpecifierText text)
    {
        var start = text.At;
        if (!ReadOperand(ref text, out var leftField, out var leftText))
            return null;
        text.SkipSpace();
        var operatorAt = text.At;
        if (!ReadOperator(ref text, out var op))
            return null;
        text.SkipSpace();
        var right = text.At;
        if (!ReadOperand(ref text, out var rightField, out var rightText))
            return null;
        text.SkipSpace();
        if (leftText is null == rightText is null)
        {
            text.Fail(leftText is null ? "Expected a quoted constant, found a second field." : "Expected a field, found a second constant.", right);
            return null;
        }

        var field = leftField | rightField;
        if ((field & MarkerFields.SetValued) != 0 && (leftText is null || op < MarkerOperator.In))
        {
            var name = MarkerFieldNames.Of(field);
            text.Fail($"{name} can only be asked as \"name\" in {name}, or not in.", leftText is null ? start : operatorAt);
            return null;
        }

        return new(field, op, leftText ?? rightText!, leftText is not null);
    }

    private static bool ReadOperand(ref SpecifierText text, out MarkerFields field, out string? constant)
    {
        field = MarkerFields.None;
        constant = null;
        var start = text.At;
        if (text.Current is '\'' or '"')
        {
            var length = text.Text[(start + 1)..].IndexOf(text.Current);
            if (length < 0)
                return text.Fail($"The constant that begins with {text.Current} is not closed.", start);
            constant = MarkerQuotes.Read(text.Text.Slice(start + 1, length));
            if (constant is null)
                return text.Fail("The constant holds a line break or a broken escape sequence.", start);
            text.At = start + length + 2;
            return true;
        }

        while (text.At < text.Text.Length && SpecifierText.IsWord(text.Text[text.At]) && text.Text[text.At] != '-')
            text.At++;
        var name = text.Text[start..text.At];
        field = MarkerFieldNames.Find(name);
        if (field != MarkerFields.None)
            return true;
        text.At = start;
        return name.IsEmpty
            ? text.FailHere("a marker field or a quoted constant")
            : text.Fail($"'{name}' is no marker field.{Suggest(name)}", start);
    }

    private static bool ReadOperator(ref SpecifierText text, out MarkerOperator op)
    {
        if (VersionSpecifier.TryReadOperator(text.Text[text.At..], out var specifierOperator, out var length))
        {
            op = (MarkerOperator)specifierOperator;
            text.At += length;
            return true;
        }

        op = MarkerOperator.In;
        if (SkipWord(ref text, "in"))
            return true;
        op = MarkerOperator.NotIn;
        if (!SkipWord(ref text, "not"))
            return text.FailHere("an operator (==, !=, <=, >=, <, >, ~=, ===, in, not in)");
        if (text.Current is not (' ' or '\t'))
            return text.FailHere("white space and 'in' after 'not'");
        text.SkipSpace();
        return SkipWord(ref text, "in") || text.FailHere("'in' after 'not'");
    }

    /// <summary>Whether "or" stands here, and not "and"; null for neither.</summary>
    private static bool? ReadConjunction(ref SpecifierText text) =>
        SkipWord(ref text, "and") ? false : SkipWord(ref text, "or") ? true : null;

    private static bool SkipWord(ref SpecifierText text, string word)
    {
        var rest = text.Text[text.At..];
        if (!rest.StartsWith(word, StringComparison.Ordinal)
            || (rest.Length > word.Length && (char.IsLetterOrDigit(rest[word.Length]) || rest[word.Length] == '_')))
        {
            return false;
        }

        text.At += word.Length;
        return true;
    }

    private static string Suggest(ReadOnlySpan<char> name) => name switch
    {
        "platform" => " Did you mean sys_platform?",
        "python" or "python_requires" or "pythonversion" => " Did you mean python_version?",
        "machine" => " Did you mean platform_machine?",
        "system" or "os" => " Did you mean platform_system or os_name?",
        "implementation" => " Did you mean implementation_name?",
        "group" or "groups" => " Did you mean dependency_groups?",
        _ => "",
    };
}
