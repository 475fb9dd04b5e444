namespace VenvBuild.Packaging;

/// <summary>TOML files of other tools, such as <c>pyproject.toml</c>, as values.</summary>
public static class TomlDocument
{
    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <returns>The root table.</returns>
    /// <exception cref="DiagnosticException">The text is no TOML; the place is named.</exception>
    public static LockValue Parse(string text, string file)
    {
        var problems = new List<Diagnostic>();
        var root = TomlTree.Read(text, file, problems);
        return root is null || problems.Count > 0
            ? throw new DiagnosticException(ExitCode.Usage, [.. problems.Select(problem => problem with { Remedy = "Correct the file." })])
            : root.ToValue();
    }
}
