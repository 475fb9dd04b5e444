namespace VenvBuild.Packaging;

/// <summary>What this project notes in its locks (<c>[tool.venvbuild]</c>): which requests the lock answers, so that staleness is decided without the network.</summary>
/// <param name="RequestDigest">The digest of the requests, <c>sha256:</c> and 64 hex digits.</param>
public sealed record LockProvenance(string RequestDigest)
{
    /// <summary>The requests in canonical form, a line each, from which a person is told what changed.</summary>
    public IReadOnlyList<string> Requests { get; init; } = [];

    /// <summary>Further remarks, key to text (bare TOML keys), such as what could not be served for a newer Python; written in ordinal order.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}
