using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A requirement of a manifest (PEP 508) and where it stands.</summary>
/// <param name="Requirement">The requirement.</param>
/// <param name="Text">What the person wrote, for messages.</param>
/// <param name="Location">Where it stands.</param>
public sealed record ManifestRequirement(Requirement Requirement, string Text, SourceLocation Location)
{
    /// <summary>Where its address leads, absolute, with what credentials it holds; null for a requirement without an address.</summary>
    internal Uri? Address { get; init; }

    /// <summary>The normal form, without credentials.</summary>
    public override string ToString() => Credentials.Strip(Requirement.ToString());
}
