namespace VenvBuild.Resolver;

/// <summary>Where a release lies that a person asks for by address (<c>name @ address</c>, PEP 508).</summary>
/// <param name="Address">The address as the request has it, without credentials.</param>
/// <param name="Location">Where that is, absolute and without credentials; <c>file:</c> for what lies on this machine.</param>
public sealed record DirectReference(string Address, Uri Location)
{
    /// <summary>Whether it is the folder of a project, which a build makes a wheel of, and not an archive.</summary>
    public bool IsFolder { get; init; }
}
