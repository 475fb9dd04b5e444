namespace VenvBuild.Packaging;

/// <summary>What reading one lock shares: the file's name, what is wrong with it, and where it came from.</summary>
internal sealed class LockContext(string file, LockOrigin origin)
{
    /// <summary>More mistakes than a person reads: the rest is not listed.</summary>
    private const int MaxErrors = 100;

    public string File { get; } = file;

    public LockOrigin Origin { get; } = origin;

    public List<Diagnostic> Errors { get; } = [];

    public List<Diagnostic> Warnings { get; } = [];

    public SourceLocation At(TomlNode node) => new(File, node.Line, node.Column);

    public void Error(string code, TomlNode node, string message, string? remedy = null)
    {
        if (Errors.Count < MaxErrors)
            Errors.Add(Diagnostic.Error(code, message, At(node), remedy));
    }

    public void Warn(string code, SourceLocation location, string message, string? remedy = null)
    {
        if (Warnings.Count < MaxErrors)
            Warnings.Add(Diagnostic.Warning(code, message, location, remedy));
    }
}
