using System.Text;

namespace VenvBuild.Packaging;

/// <summary>A project's <c>pyproject.toml</c> (PEP 518), of which the tables are others' matter.</summary>
internal static class ProjectFile
{
    public const int MaxLength = 1 << 20;

    /// <summary>The file as a tree of TOML.</summary>
    /// <exception cref="PackagingFormatException">It is too large, or no TOML; the message is a clause that follows the file's name.</exception>
    public static TomlNode Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            throw Error("is larger than 1 MiB");
        if (utf8.StartsWith(Encoding.UTF8.Preamble))
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        var problems = new List<Diagnostic>();
        var root = TomlTree.Read(Encoding.UTF8.GetString(utf8), "pyproject.toml", problems);
        return root is null || problems.Count > 0 ? throw Error($"is no TOML: line {problems[0].Location!.Line}") : root;
    }

    /// <summary>What is wrong with the file: a clause that follows its name.</summary>
    public static PackagingFormatException Error(string message) => new(message, "pyproject.toml", 0);
}
