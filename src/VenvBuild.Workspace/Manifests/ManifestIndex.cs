using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>An index that a manifest names (PEP 503, PEP 691).</summary>
public sealed class ManifestIndex
{
    /// <summary>The word that stands for the public index.</summary>
    public const string PyPIName = "pypi";

    /// <summary>The public index.</summary>
    public static ManifestIndex PyPI { get; } = new() { Name = PyPIName, Url = new("https://pypi.org/simple") };

    /// <summary>The name for messages and for credentials from the environment.</summary>
    public required string Name { get; init; }

    /// <summary>The base address, credentials included where the manifest has them: never to be shown or written.</summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// Patterns of normal names, <c>*</c> standing for any characters: these names come only from here, and only these names. None
    /// means every name.
    /// </summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Where it stands; null for the public index by default.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>The name, and the address without credentials.</summary>
    public override string ToString() => $"{Name} ({Credentials.Strip(Url.OriginalString)})";
}
