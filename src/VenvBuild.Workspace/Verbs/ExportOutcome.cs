namespace VenvBuild.Workspace;

/// <summary>A lock as it was written for others.</summary>
/// <param name="Format">The form, as <c>--format</c> names it.</param>
/// <param name="Target">What it is for, in words.</param>
/// <param name="Packages">How many pins it holds.</param>
public sealed record ExportOutcome(string Format, string Target, int Packages)
{
    /// <summary>The file that was written, absolute; null where the text is handed back.</summary>
    public string? Path { get; init; }

    /// <summary>The text, where no file was asked for.</summary>
    public string? Content { get; init; }
}
