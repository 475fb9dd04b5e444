namespace VenvBuild.Packaging;

/// <summary>The name of a lock file: <c>pylock.toml</c> or <c>pylock.NAME.toml</c> (PEP 751, "File name").</summary>
public static class LockFileName
{
    /// <summary>The name of a project's only lock.</summary>
    public const string Default = "pylock.toml";

    /// <summary>Whether a file of that name may be a lock.</summary>
    public static bool IsValid(ReadOnlySpan<char> fileName)
    {
        if (fileName.SequenceEqual(Default))
            return true;
        if (!fileName.StartsWith("pylock.", StringComparison.Ordinal) || !fileName.EndsWith(".toml", StringComparison.Ordinal))
            return false;
        var name = fileName.Length > "pylock..toml".Length ? fileName["pylock.".Length..^".toml".Length] : [];
        return !name.IsEmpty && !name.Contains('.');
    }

    /// <summary>The name of the lock called <paramref name="name"/>; null is the project's only one.</summary>
    public static string For(string? name) => name is null ? Default : $"pylock.{name}.toml";
}
