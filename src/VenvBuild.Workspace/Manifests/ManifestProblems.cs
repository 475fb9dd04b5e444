using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What is wrong with one manifest, gathered so that a person sees all of it at once.</summary>
internal sealed class ManifestProblems(string file, ManifestText text)
{
    /// <summary>More mistakes than a person reads: the rest is not listed.</summary>
    private const int MaxErrors = 100;

    private readonly List<Diagnostic> _errors = [];

    public string File { get; } = file;

    public ManifestText Text { get; } = text;

    /// <summary>The errors in the order of their places.</summary>
    public IReadOnlyList<Diagnostic> Errors =>
        [.. _errors.OrderBy(error => error.Location!.Line).ThenBy(error => error.Location!.Column)];

    public int Count => _errors.Count;

    public SourceLocation At(YamlNode node) => new(File, node.Line, node.Column);

    public void Add(string code, YamlNode node, string message, string? remedy = null) => Add(code, node.Line, node.Column, message, remedy);

    /// <summary>Notes a mistake at a character of a scalar.</summary>
    public void AddInside(string code, YamlNode scalar, int offset, string message, string? remedy = null)
    {
        var (line, column) = Text.Locate(scalar, offset);
        Add(code, line, column, message, remedy);
    }

    public void Add(string code, int line, int column, string message, string? remedy = null)
    {
        if (_errors.Count < MaxErrors)
            _errors.Add(Diagnostic.Error(code, Credentials.Mask(message), new(File, line, column), remedy, Text.Excerpt(line, column)));
    }
}
