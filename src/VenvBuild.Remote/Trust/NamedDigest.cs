using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>Something of a statement, by name for people and by digest for all else.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Sha256">What it is.</param>
public sealed record NamedDigest(string Name, Sha256Digest Sha256)
{
    /// <summary>Of a wheel, who attested to it and was found to have (PEP 740), such as <c>GitHub owner/repo release.yml</c>; null where nobody asked.</summary>
    public string? Publisher { get; init; }
}
