namespace VenvBuild.Packaging;

/// <summary>A place in a text that is being read, and the first mistake that was met.</summary>
internal ref struct SpecifierText(ReadOnlySpan<char> text)
{
    public readonly ReadOnlySpan<char> Text = text;
    public int At;

    /// <summary>What is wrong, and null as long as nothing is.</summary>
    public string? Problem;

    /// <summary>Where it is wrong.</summary>
    public int ProblemAt;

    public readonly bool IsAtEnd => At == Text.Length;

    public readonly char Current => At < Text.Length ? Text[At] : '\0';

    /// <summary>What stands here, in words for a message.</summary>
    public readonly string Found
    {
        get
        {
            if (IsAtEnd)
                return "the end";
            if (char.IsControl(Current))
                return Current is '\n' or '\r' ? "a line break" : "a control character";
            var end = At + 1;
            while (end < Text.Length && end - At < 24 && IsWord(Text[At]) && IsWord(Text[end]))
                end++;
            return $"'{Text[At..end]}'";
        }
    }

    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';

    public void SkipSpace()
    {
        while (At < Text.Length && Text[At] is ' ' or '\t')
            At++;
    }

    public bool Skip(char c)
    {
        if (IsAtEnd || Text[At] != c)
            return false;
        At++;
        return true;
    }

    /// <summary>Notes a mistake, unless one was noted before; always false.</summary>
    public bool Fail(string problem, int at)
    {
        if (Problem is null)
        {
            Problem = problem;
            ProblemAt = at;
        }

        return false;
    }

    public bool FailHere(string expected) => Fail($"Expected {expected}, found {Found}.", At);
}
