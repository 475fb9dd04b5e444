namespace VenvBuild.Environments;

/// <summary>Which names a command may have: one file in the scripts folder, and none that the environment itself needs.</summary>
internal static class ScriptName
{
    /// <summary>Why the name may not be, or null when it may.</summary>
    public static string? Objection(ReadOnlySpan<char> name)
    {
        if (name.Contains('/'))
            return "it would leave the scripts folder";
        if (EntryName.PartObjection(name) is { } objection)
            return objection;
        var stem = name;
        foreach (var suffix in (ReadOnlySpan<string>)[".exe", ".bat", ".cmd", ".ps1", ".com"])
        {
            if (stem.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                stem = stem[..^suffix.Length];
        }

        return IsInterpreter(stem) || IsActivation(stem) ? "it would take the place of a file of the environment itself" : null;
    }

    private static bool IsInterpreter(ReadOnlySpan<char> stem)
    {
        if (!stem.StartsWith("python", StringComparison.OrdinalIgnoreCase))
            return false;
        foreach (var c in stem["python".Length..])
        {
            if (!char.IsAsciiDigit(c) && c is not ('.' or 'w' or 'W' or 't' or 'T' or 'd' or 'D'))
                return false;
        }

        return true;
    }

    private static bool IsActivation(ReadOnlySpan<char> stem) =>
        stem.Equals("activate", StringComparison.OrdinalIgnoreCase) || stem.Equals("deactivate", StringComparison.OrdinalIgnoreCase)
        || stem.Equals("activate.fish", StringComparison.OrdinalIgnoreCase) || stem.Equals("activate.csh", StringComparison.OrdinalIgnoreCase);
}
