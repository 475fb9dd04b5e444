namespace VenvBuild.Testing;

/// <summary>A request as <see cref="LoopbackIndex"/> got it.</summary>
/// <param name="Path">The path with its query.</param>
/// <param name="Headers">The headers, names without regard to case.</param>
public sealed record LoopbackRequest(string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>A header's value, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
